//! What nodes say beside calls: who watches whom, and the state of actors that move.

mod ended;
mod snapshot;
mod watch;

pub use ended::{Ended, Party};
pub use snapshot::Snapshot;
pub use watch::{Unwatch, Watch};
