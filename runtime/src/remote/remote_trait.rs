//! [`Remote`]: the other nodes.

use std::pin::Pin;

use bytes::Bytes;

use super::{Message, Placed, Placement};
use crate::error::{CallError, NotRun};

/// The answer to an ask: what the handler returned, written down as msgpack.
pub type Answering = Pin<Box<dyn Future<Output = Result<Bytes, CallError<Bytes>>> + Send>>;

/// The end of a tell: it was taken in by the actor's node, or why not.
pub type Telling = Pin<Box<dyn Future<Output = Result<(), NotRun>> + Send>>;

/// The other nodes, as the runtime sees them. A cluster implements it.
///
/// What is sent by one sender to one actor arrives in the order in which these functions were called.
pub trait Remote: Send + Sync + 'static {
    /// Where the actor lives now. `served` is whether this node serves the service. It is asked for each call that does
    /// not find its actor idle in this process, so it takes nanoseconds.
    fn place(&self, service: &'static str, placement: Placement, served: bool) -> Placed;

    /// The epoch under which this node owns the placement: whatever the actor writes outside carries it, and who has
    /// seen a later one refuses.
    fn fence(&self, placement: Placement) -> u64;

    /// Asks the actor where it lives, even if that turns out to be this node. Dropping the future leaves the call
    /// to its own devices.
    fn ask(&self, message: Message) -> Answering;

    /// Tells the actor where it lives. The future ends when the message is in the actor's mailbox or on its way there.
    fn tell(&self, message: Message) -> Telling;

    /// Tells without waiting.
    ///
    /// # Errors
    /// [`NotRun::Full`] if it would have to wait.
    fn try_tell(&self, message: Message) -> Result<(), NotRun>;
}
