//! What a voter keeps: its log, how it voted, and a snapshot, in one redb database; and the state made of them.
//!
//! ```text
//! openraft ──► Log ──────► Disk (redb: votes, entries, snapshot)
//!         └──► Applied ──► Replica (state, history) ──► watches, reads
//! ```

mod applied;
mod codec;
mod error;
mod log;
mod store;
#[cfg(test)]
mod suite;

pub(super) use applied::{Applied, Follower};
pub(super) use codec::{decode, encode};
pub use error::OpenError;
pub(super) use log::Log;
pub(super) use store::{Disk, Owner};
