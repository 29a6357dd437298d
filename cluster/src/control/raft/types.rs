//! What openraft is told of us.

use std::io::Cursor;

use super::super::machine::{Command, Outcome};

openraft::declare_raft_types!(
    /// Commands go into the log, outcomes come out; nodes are reached by their number.
    pub(crate) Types:
        D = Command,
        R = Outcome,
        NodeId = u64,
        Node = openraft::EmptyNode,
        SnapshotData = Cursor<Vec<u8>>,
);

pub(super) type Raft = openraft::Raft<Types>;
pub(super) type Entry = openraft::Entry<Types>;
pub(super) type LogId = openraft::LogId<u64>;
pub(super) type StorageError = openraft::StorageError<u64>;
pub(super) type StoredMembership = openraft::StoredMembership<u64, openraft::EmptyNode>;
pub(super) type SnapshotMeta = openraft::SnapshotMeta<u64, openraft::EmptyNode>;
