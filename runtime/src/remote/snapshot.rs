//! [`Snapshot`]: the state of an actor on its way to another node.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::Placement;

/// What an activation handed over when its key left its node: what its `#[snapshot]` hook returned, for the `#[restore]`
/// hook of the next one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The service's name.
    pub service: Box<str>,
    /// The path of its key.
    pub path: Box<str>,
    /// What decides where it lives.
    pub placement: Placement,
    /// The state, as msgpack.
    pub state: Box<[u8]>,
}

impl Snapshot {
    /// The state, without a copy.
    pub(crate) fn into_state(self) -> Bytes {
        self.state.into()
    }
}
