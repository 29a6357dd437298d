//! What lies beyond this process, as a node sees it: one trait, [`Remote`], that a cluster implements, and the
//! [`Message`]s that go through it. A node without one has all of its actors here.
//!
//! A node gets one when it starts: from [`NodeBuilder::join`](crate::NodeBuilder::join), or because its environment says
//! so ([`World`]). Either is a [`Joining`], which is shown the node from the [`Inside`].

mod body;
mod built_in;
mod by_names;
mod contract;
mod door;
mod doorstep;
mod ending;
mod entrance;
mod far;
mod incoming;
mod inside;
mod joining;
mod links;
mod message;
mod operation;
mod placement;
mod remote_trait;
mod sealed;
mod slots;
mod snapshot;
mod watches;
mod world;

#[doc(hidden)]
pub(crate) use body::{pack, pack_outcome, unpack, unpack_outcome};
pub use built_in::BuiltIn;
pub(crate) use built_in::{Address, Named};
pub use contract::check_contract;
pub use door::Door;
pub use doorstep::Doorstep;
pub use ending::WATCH;
pub(crate) use ending::{Heard, Watching, answered};
pub use entrance::{Answered, Entered, Entrance};
pub(crate) use far::Far;
pub use incoming::Incoming;
pub use inside::Inside;
pub use joining::{Joining, Starting};
pub use links::LINK;
pub(crate) use links::Linked;
pub use message::{Caller, Message, Origin};
pub use operation::Operation;
pub use placement::{Placed, Placement};
pub use remote_trait::{Answering, Ending, Finding, Leaving, LeftBehind, Remote, Telling};
pub(crate) use sealed::Farewell;
pub use sealed::{Drained, Sealed};
pub use slots::Slots;
pub use snapshot::Snapshot;
pub use world::World;
