use std::sync::Arc;
use std::time::Duration;

use crate::transport::{Peer, Why};

/// How a link stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// Nobody has asked for anything yet.
    Idle,
    /// A connection is being made.
    Connecting,
    /// The peer's hello came.
    Up(Arc<Peer>),
    /// There is no connection. It is tried again after `retry`; `None` if the link has ended.
    Down {
        /// Why.
        why: Why,
        /// The time to the next attempt.
        retry: Option<Duration>,
    },
}

impl LinkState {
    /// Whether the peer's hello came.
    pub fn is_up(&self) -> bool {
        matches!(self, LinkState::Up(_))
    }
}
