//! [`Job`]: a message that queues; [`Step`]: how far a message has come.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use bytes::Bytes;
use consort_protocol::cluster::NodeId;
use consort_runtime::error::{CallError, NotRun};
use consort_runtime::remote::{Doorstep, Entered, Message};
use tokio::sync::oneshot;

use crate::routing::entrances::Entrances;
use crate::routing::frames::outgoing::Outgoing;
use crate::routing::peers::PeerLink;
use crate::transport::{Answer, Lane, Telling};

/// How far a message has come.
pub(crate) enum Step<C: Course> {
    /// It is on its way to another node, or has its place among those that wait for room.
    Sent(NodeId, C::Sent),
    /// It has its place in a queue.
    Queued(Slip<C>),
    /// It has its place at an actor of this node.
    Begun(Pin<Box<dyn Future<Output = C::Outcome> + Send>>),
    /// Nobody knows yet where it goes, for this reason.
    Wait(&'static str),
    /// It has ended.
    Over(C::Outcome),
}

/// What an ask and a tell do differently.
pub(crate) trait Course: Sized + Send + 'static {
    /// On its way to another node.
    type Sent: Send;
    /// Its end.
    type Outcome: Send;

    /// Sends it, or lets it wait for room in its place.
    fn send(peer: &PeerLink, lane: Lane, outgoing: Outgoing<'_>) -> Self::Sent;
    /// Its end, if it does not run.
    fn refused(why: NotRun) -> Self::Outcome;
    /// Gives it its place at an actor of this node.
    fn enter(entrances: &Entrances, message: &Message, doorstep: &Arc<Doorstep>) -> Entered<Self::Outcome>;
    /// What is done with it once its turn comes.
    fn work(message: Arc<Message>, back: Back<Self>) -> Work;
}

/// An ask.
pub(crate) struct Ask;

/// A tell.
pub(crate) struct Tell;

impl Course for Ask {
    type Sent = Answer;
    type Outcome = Result<Bytes, CallError<Bytes>>;

    fn send(peer: &PeerLink, lane: Lane, outgoing: Outgoing<'_>) -> Answer {
        peer.link.ask(lane, |out| outgoing.write(true, out))
    }

    fn refused(why: NotRun) -> Self::Outcome {
        Err(why.into())
    }

    fn enter(entrances: &Entrances, message: &Message, doorstep: &Arc<Doorstep>) -> Entered<Self::Outcome> {
        entrances.ask(message, doorstep)
    }

    fn work(message: Arc<Message>, back: Back<Self>) -> Work {
        Work::Ask(message, back)
    }
}

impl Course for Tell {
    type Sent = Telling;
    type Outcome = Result<(), NotRun>;

    fn send(peer: &PeerLink, lane: Lane, outgoing: Outgoing<'_>) -> Telling {
        peer.link.tell(lane, |out| outgoing.write(false, out))
    }

    fn refused(why: NotRun) -> Self::Outcome {
        Err(why)
    }

    fn enter(entrances: &Entrances, message: &Message, doorstep: &Arc<Doorstep>) -> Entered<Self::Outcome> {
        entrances.tell(message, doorstep)
    }

    fn work(message: Arc<Message>, back: Back<Self>) -> Work {
        Work::Tell(message, back)
    }
}

/// A message that queues.
pub(crate) struct Job {
    pub(super) work: Work,
    _weight: Weight,
}

/// What is done once its turn comes.
pub(crate) enum Work {
    Ask(Arc<Message>, Back<Ask>),
    Tell(Arc<Message>, Back<Tell>),
    /// Somebody wants to know that all before it has arrived.
    Flush(oneshot::Sender<()>),
}

/// Of a message beside its key and its arguments.
const OVERHEAD: usize = 256;

impl Job {
    /// A message, and where its next step is told.
    pub(super) fn of<C: Course>(message: &Arc<Message>, queued: &Arc<AtomicUsize>) -> (Self, Slip<C>) {
        let (back, next) = oneshot::channel();
        let claimed = Arc::new(AtomicBool::new(false));
        let work = C::work(message.clone(), Back { back, claimed: claimed.clone() });
        (Job { work, _weight: Weight::new(size(message), queued) }, Slip { next, claimed })
    }

    /// Answered when all before it has arrived.
    pub(super) fn flush(queued: &Arc<AtomicUsize>) -> (Self, oneshot::Receiver<()>) {
        let (back, flushed) = oneshot::channel();
        (Job { work: Work::Flush(back), _weight: Weight::new(OVERHEAD, queued) }, flushed)
    }

    /// Whom it is for. A flush is for nobody.
    #[cfg(test)]
    pub(super) fn key(&self) -> Option<&str> {
        match &self.work {
            Work::Ask(message, _) => Some(&message.key),
            Work::Tell(message, _) => Some(&message.key),
            Work::Flush(_) => None,
        }
    }

    /// Nobody waits for it any more.
    pub(super) fn is_withdrawn(&self) -> bool {
        match &self.work {
            Work::Ask(_, back) => back.claimed.load(Ordering::Relaxed),
            Work::Tell(_, back) => back.claimed.load(Ordering::Relaxed),
            Work::Flush(back) => back.is_closed(),
        }
    }
}

/// What a message takes while it queues, about.
pub(super) fn size(message: &Message) -> usize {
    message.body.len() + message.key.len() + OVERHEAD
}

/// Where the next step of a message is told. Whoever claims it first decides: its turn has come, or it is withdrawn.
pub(crate) struct Back<C: Course> {
    back: oneshot::Sender<Step<C>>,
    claimed: Arc<AtomicBool>,
}

impl<C: Course> Back<C> {
    /// Its turn has come.
    pub(super) fn go_on(self, next: impl FnOnce() -> Step<C>) {
        if !self.claimed.swap(true, Ordering::AcqRel) {
            // whoever does not wait any more needs no answer
            let _ = self.back.send(next());
        }
    }
}

/// A place in a queue. Dropping it withdraws the message, unless its turn has come.
pub(crate) struct Slip<C: Course> {
    next: oneshot::Receiver<Step<C>>,
    claimed: Arc<AtomicBool>,
}

impl<C: Course> Slip<C> {
    /// Waits for its turn, until that at most. `None` is a message that certainly went nowhere.
    ///
    /// # Cancel safety
    /// Dropping it withdraws the message, unless its turn has come.
    pub(crate) async fn turn(mut self, until: impl Future<Output = ()>) -> Option<Step<C>> {
        tokio::select! {
            biased;
            next = &mut self.next => return next.ok(),
            () = until => {}
        }
        // its turn may come at this very moment
        if self.claimed.swap(true, Ordering::AcqRel) { (&mut self.next).await.ok() } else { None }
    }
}

impl<C: Course> Drop for Slip<C> {
    fn drop(&mut self) {
        self.claimed.store(true, Ordering::Release);
    }
}

/// Bytes that queue, counted as long as it lives.
struct Weight(usize, Arc<AtomicUsize>);

impl Weight {
    fn new(bytes: usize, queued: &Arc<AtomicUsize>) -> Self {
        queued.fetch_add(bytes, Ordering::Relaxed);
        Weight(bytes, queued.clone())
    }
}

impl Drop for Weight {
    fn drop(&mut self) {
        self.1.fetch_sub(self.0, Ordering::Relaxed);
    }
}
