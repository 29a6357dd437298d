//! [`Snapshot`]: the state of an actor on its way to another node.

use bytes::Bytes;

/// What an activation handed over when its key left its node: what its `#[snapshot]` hook returned, for the `#[restore]`
/// hook of the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The service's name.
    pub service: Box<str>,
    /// Its version there.
    pub version: Box<str>,
    /// The path of its key.
    pub path: Box<str>,
    /// The state, as msgpack.
    pub state: Bytes,
}

impl Snapshot {
    /// Bytes of one state: as many as a call may have between two nodes. What is more stays behind.
    pub const STATE_MAX: usize = 64 << 20;
}
