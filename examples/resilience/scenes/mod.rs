//! The scenes, one a file.

mod config;
mod crash;
mod dependency;
mod flood;
mod hang;
mod poison;

pub use config::config;
pub use crash::crash;
pub use dependency::dependency;
pub use flood::flood;
pub use hang::hang;
pub use poison::poison;

use crate::Stage;

type Played = Result<(), Box<dyn std::error::Error>>;
