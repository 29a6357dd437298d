//! The control plane: what all nodes agree on.
//!
//! Membership is a hint; what counts stands here: leases of nodes, the slot table, singletons, the registry. It is one
//! trait, [`CoordStore`], and whoever uses it does not know which of these is behind it:
//!
//! | backend | for |
//! |---|---|
//! | [`MemoryStore`] | a cluster of one without data directory; tests |
//! | [`RaftStore`] | every other cluster: up to five of its nodes vote |
//! | `EtcdStore`, with the feature `etcd` | clusters whose owners run an etcd anyway |
//!
//! `testing`, a feature, has the suite that each of them passes. `docs/control-plane.md` says what users have to know.

#[cfg(feature = "etcd")]
mod etcd;
mod machine;
mod memory;
mod raft;
mod store;
#[cfg(feature = "testing")]
pub mod testing;

#[cfg(feature = "etcd")]
pub use etcd::{EtcdError, EtcdOptions, EtcdStore};
pub use memory::MemoryStore;
#[cfg(feature = "testing")]
pub use raft::Planted;
pub use raft::{ControlNet, Group, GroupError, NetError, OpenError, RaftOptions, RaftStore, VOTERS_MAX};
pub use store::{
    Action, Change, Changes, CoordStore, Entry, Expect, Follow, Followed, LeaseError, LeaseId, Limit, LimitError,
    Pending, Read, ReadError, Revision, Snapshot, Step, Transaction, Watch, WatchError, WriteError,
};
#[cfg(test)]
pub(crate) use store::{Source, Told};
