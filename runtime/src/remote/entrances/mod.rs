//! The way in: for calls of other nodes, also by names only, and for their watches and links.

mod by_names;
mod door;
mod doorstep;
mod ending;
mod entrance;
mod links;
mod watches;

pub use door::Door;
pub use doorstep::Doorstep;
pub use ending::WATCH;
pub(crate) use ending::{Heard, Watching, answered};
pub use entrance::{Answered, Entered, Entrance};
pub use links::LINK;
pub(crate) use links::Linked;
