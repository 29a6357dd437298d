//! Runs a node's [`Machine`](super::machine::Machine): on a thread of its own, or as a task where tests control time.

mod handle;
mod log;
mod membership_type;
mod order;
mod run;

pub use handle::{MembershipHandle, MembershipStopped, SetMetaError};
pub use membership_type::Membership;
