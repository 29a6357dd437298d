//! Configuration in force: what it is, who is told, and how it changes.

mod builder;
mod change;
mod config;
mod edit;
mod error;
mod explain;
mod kept;
mod plan;
mod share;
mod state;
mod subscribe;
mod terms;
mod watch;

pub use builder::Builder;
pub use config::Config;
pub use edit::{Applied, Edit};
pub use error::{AccessError, BuildError, CatchUpError, RollBackError, SetError};
pub use explain::{Explained, Overridden};
pub use subscribe::{ConfigChanged, Occasion};
pub use watch::{Changed, Watch};
