//! What lies beyond this process, as a node sees it: one trait, [`Remote`], that a cluster implements, and the
//! [`Message`]s that go through it. A node without one has all of its actors here.
//!
//! A node gets one when it starts: from [`NodeBuilder::join`](crate::NodeBuilder::join), or because its environment says
//! so ([`World`]). Either is a [`Joining`], which is shown the node from the [`Inside`].

mod contract;
mod entrances;
mod inside;
mod joining;
mod messages;
mod moving;
mod placement;
mod remote_trait;
mod world;

pub use contract::check_contract;
pub use entrances::{Answered, Door, Doorstep, Entered, Entrance, LINK, WATCH};
pub(crate) use entrances::{Heard, Linked, Watching, answered};
pub use inside::Inside;
pub use joining::{Joining, Starting};
pub(crate) use messages::{Address, Far, Named, pack, unpack_outcome};
pub use messages::{BuiltIn, Caller, Incoming, Message, Operation, Origin};
pub(crate) use moving::Farewell;
pub use moving::{Drained, Sealed, Slots, Snapshot};
pub use placement::{Placed, Placement};
pub use remote_trait::{Answering, Ending, Finding, Leaving, LeftBehind, Remote, Telling};
pub use world::World;
