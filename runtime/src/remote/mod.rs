//! What lies beyond this process, as a node sees it: one trait, [`Remote`], that a cluster implements, and the
//! [`Message`]s that go through it. A node without one has all of its actors here.

mod message;
mod placement;
mod remote_trait;

pub use message::{Caller, Message};
pub use placement::{Placed, Placement};
pub use remote_trait::{Answering, Remote, Telling};
