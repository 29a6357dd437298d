//! How voters reach each other: [`ControlNet`].

use bytes::Bytes;
use consort_protocol::cluster::NodeId;

use super::super::store::Pending;

/// Carries a request to a node and its answer back. The node gives it to [`RaftStore::handle`](super::RaftStore::handle)
/// and sends back what that returns.
///
/// A request has up to 2 MiB, an answer up to 17 MiB. Requests may overtake each other, and be lost; they must not be
/// repeated.
pub trait ControlNet: Send + Sync + 'static {
    /// Sends and waits for the answer. Dropping the future gives up on the answer; the request may arrive. It need not
    /// end by itself when no answer comes: whoever asks, waits for as long as is sensible.
    ///
    /// # Errors
    ///
    /// Which error says whether the request may have arrived; a wrong one breaks what [`WriteError`] says.
    ///
    /// [`WriteError`]: super::super::WriteError
    fn send(&self, to: NodeId, request: Bytes) -> Pending<'_, Result<Bytes, NetError>>;
}

/// A request was not answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NetError {
    /// It did not arrive and will not.
    #[error("the request was not sent: {0}")]
    NotSent(String),
    /// It may have arrived.
    #[error("there is no answer: {0}")]
    NoAnswer(String),
}
