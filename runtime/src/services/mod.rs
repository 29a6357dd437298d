//! Services as a whole: their life cycle, what they need, their supervision tree, the keep-alive loop.
//!
//! ```text
//!  ServiceHandle, engine ──Told──► Door ──► Overseer ──► Attended: open, start, shut, stop of a kind
//!                                            │  └──────► Board: the status, and who watches it
//!                                            └─ asks consort-protocol: Tree, Dependencies, Reconciler
//! ```

mod attended;
mod board;
mod declared;
mod door;
mod group;
mod handle;
mod keep_alive;
mod notes;
mod overseer;
mod state;
mod status;

pub use consort_protocol::dependencies::{Missing, Requirement, Strength};

pub(crate) use attended::Attended;
pub(crate) use board::Board;
pub(crate) use declared::{Declared, check, version};
pub(crate) use door::{Door, Order, Told};
pub use group::Group;
pub(crate) use group::{Child, Served};
pub use handle::ServiceHandle;
pub use keep_alive::KeepAlive;
pub(crate) use notes::Notes;
pub(crate) use overseer::Overseer;
pub use state::ServiceState;
pub use status::ServiceStatus;
