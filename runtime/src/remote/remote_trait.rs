//! [`Remote`]: the other nodes.

use std::any::Any;
use std::future::ready;
use std::pin::Pin;

use bytes::Bytes;
use tokio::time::Instant;

use super::{Message, Placed, Placement};
use crate::error::{CallError, NotRun};

/// The answer to an ask: what the handler returned, written down as msgpack.
pub type Answering = Pin<Box<dyn Future<Output = Result<Bytes, CallError<Bytes>>> + Send>>;

/// The end of a tell: it was taken in by the actor's node, or why not.
pub type Telling = Pin<Box<dyn Future<Output = Result<(), NotRun>> + Send>>;

/// The name of a service that is looked for; `None` if no other node serves it.
pub type Finding<'a> = Pin<Box<dyn Future<Output = Result<Option<&'static str>, NotRun>> + Send + 'a>>;

/// The end of a node's membership.
pub type Leaving<'a> = Pin<Box<dyn Future<Output = Result<(), LeftBehind>> + Send + 'a>>;

/// The end of all that a node has had for its cluster. Dropping it changes nothing of that.
pub type Ending = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The node has left, and others did not get all that was its. They get it all the same once they find it gone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LeftBehind(pub Box<str>);

/// The other nodes, as the runtime sees them. A cluster implements it. It is [`Any`], so that the cluster finds its own
/// again behind [`Node::remote`](crate::Node::remote).
///
/// # Order
/// What this node sends to one actor arrives in the order in which these functions were called: a message takes its
/// place when `ask` or `tell` is called, not when its future is first polled. That holds while the actor moves, too:
///
/// - When it leaves this node, [`place`](Remote::place) says [`Away`](Placed::Away) first. What waits in its mailbox is
///   then handed over here, in its order, and new messages queue behind it until the mailbox is empty.
/// - When it comes to this node, `place` says [`Here`](Placed::Here) only once nothing that was handed over for it is on
///   its way any more: a message that is handed over meanwhile goes behind the others, even if it comes back to this node.
pub trait Remote: Any + Send + Sync {
    /// Where the actor lives now. `served` is whether this node serves the service; of one that it does not serve,
    /// `Here` says that no other node does either.
    ///
    /// It is asked for each call that does not find its actor running in this process, before each start of one, and
    /// under the lock of no actor. It must take nanoseconds, and a change is seen by every thread at once: what was
    /// sealed after it is asked again.
    fn place(&self, service: &'static str, placement: Placement, served: bool) -> Placed;

    /// Whether this node may start the actor. While it takes an actor over it may, though
    /// [`place`](Remote::place) does not say `Here` before all that was handed over for it has come.
    fn owns(&self, service: &'static str, placement: Placement, served: bool) -> bool {
        self.place(service, placement, served) == Placed::Here
    }

    /// The epoch under which this node owns the placement: whatever the actor writes outside carries it, and who has
    /// seen a later one refuses. Of one that it does not own any more, the epoch under which it last did, and never that
    /// of its successor: an activation that has not ended yet must not write in its name.
    fn fence(&self, placement: Placement) -> u64;

    /// Asks the actor where it lives, even if that turns out to be this node. While nobody knows where, the message is
    /// held. It has no deadline but its own; when the node is lost that has it, the answer is
    /// [`Unknown`](crate::error::Unknown). Dropping the future leaves the call to its own devices.
    fn ask(&self, message: Message) -> Answering;

    /// Tells the actor where it lives. The future ends when the message is in the actor's mailbox or on its way there.
    /// Dropping it before takes the message back, if it has not left.
    fn tell(&self, message: Message) -> Telling;

    /// Tells without waiting.
    ///
    /// # Errors
    /// [`NotRun::Full`] if it would have to wait.
    fn try_tell(&self, message: Message) -> Result<(), NotRun>;

    /// The services that other nodes serve, as far as is known here: those that can be called by name.
    fn services(&self) -> Vec<&'static str> {
        Vec::new()
    }

    /// Looks for a service by its name among those that other nodes serve. As long as one of them has not said what it
    /// serves, and may be the one, this waits. Cancel safe.
    ///
    /// # Errors
    /// Why it was not known until the deadline, or within some seconds if there is none.
    fn find<'a>(&'a self, service: &'a str, _deadline: Option<std::time::Instant>) -> Finding<'a> {
        Box::pin(ready(Ok(self.services().into_iter().find(|name| *name == service))))
    }

    /// The node is told to end: hands over what it owns, while its actors still take calls. The node drains once this
    /// is over, or its drain deadline. `until` is a while before that: what has not been handed over by then is left
    /// behind. Calls may still be made afterwards, by handlers that have not ended.
    fn leave(&self, until: Instant) -> Leaving<'_>;

    /// The node has ended, after [`leave`](Remote::leave) or without it. Nothing comes any more.
    ///
    /// What it has had for its cluster, ports, threads and files, ends from here on, also if nobody waits for that and
    /// whichever runtime is there. The future ends with the last of it, and after a few seconds whatever happens.
    fn ended(&self) -> Ending;
}
