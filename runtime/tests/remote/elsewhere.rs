//! [`Elsewhere`]: other nodes, as a test plays them.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bytes::Bytes;
use consort::remote::{
    Answering, Ending, Inside, Joining, Leaving, LeftBehind, Message, Placed, Placement, Remote, Starting, Telling,
};
use consort::{CallError, Node, NodeBuilder, NotRun};
use consort_testkit::{Probe, TestNode};
use parking_lot::Mutex;
use tokio::sync::oneshot;
use tokio::time::Instant;

pub type Answer = Result<Bytes, CallError<Bytes>>;

/// What a ping is answered; nobody reads it.
pub fn pong() -> Answer {
    Ok(Bytes::from_static(b"\xa4pong"))
}

/// Where actors live, and what came for them. Nothing lives elsewhere until the test says so.
#[derive(Clone, Default)]
pub struct Elsewhere(Arc<State>);

#[derive(Default)]
struct State {
    /// Services of which all actors live elsewhere.
    away: Mutex<HashSet<&'static str>>,
    sent: Mutex<Vec<Message>>,
    asked: Mutex<VecDeque<(Message, oneshot::Sender<Answer>)>>,
    refusal: Mutex<Option<NotRun>>,
    fence: AtomicU64,
    is_stuck: AtomicBool,
    is_refused: AtomicBool,
    to_all: Mutex<Option<Answer>>,
    happened: Probe<&'static str>,
    inside: Mutex<Option<Inside>>,
}

impl Elsewhere {
    /// A node that has joined these, serving what `serve` says.
    pub async fn join(&self, serve: impl FnOnce(NodeBuilder) -> NodeBuilder) -> TestNode {
        TestNode::start(serve(Node::builder()).join(self.clone())).await
    }

    /// All actors of this service live elsewhere from now on.
    pub fn take(&self, service: &'static str) {
        self.0.away.lock().insert(service);
    }

    /// They live here again.
    pub fn give_back(&self, service: &'static str) {
        self.0.away.lock().remove(service);
    }

    /// Tells, and asks too, are refused.
    pub fn refuse(&self, why: NotRun) {
        *self.0.refusal.lock() = Some(why);
    }

    /// What came so far, in its order.
    pub fn sent(&self) -> Vec<Message> {
        self.0.sent.lock().clone()
    }

    /// The names of the methods that came, and takes them away.
    pub fn take_methods(&self) -> Vec<&'static str> {
        self.0.sent.lock().drain(..).map(|message| message.method).collect()
    }

    /// Answers the oldest ask that has none.
    pub fn answer(&self, answer: Answer) {
        let (_, asker) = self.0.asked.lock().pop_front().expect("an ask that has no answer");
        let _ = asker.send(answer);
    }

    /// Answers every ask from now on.
    pub fn answer_all(&self, answer: Answer) {
        *self.0.to_all.lock() = Some(answer);
    }

    /// Gives what is under way the time to come here.
    pub async fn settle(&self) {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }

    pub fn is_asked(&self) -> bool {
        !self.0.asked.lock().is_empty()
    }

    /// What the node told of its own life.
    pub fn happened(&self) -> &Probe<&'static str> {
        &self.0.happened
    }

    pub fn set_fence(&self, epoch: u64) {
        self.0.fence.store(epoch, Ordering::Relaxed);
    }

    /// A node's leave does not end.
    pub fn never_let_go(&self) {
        self.0.is_stuck.store(true, Ordering::Relaxed);
    }

    /// Nobody takes what a node that leaves has.
    pub fn take_nothing(&self) {
        self.0.is_refused.store(true, Ordering::Relaxed);
    }

    /// The node that joined.
    pub fn inside(&self) -> Inside {
        self.0.inside.lock().clone().expect("a node that has joined")
    }

    fn admit(&self, message: &Message) -> Result<(), NotRun> {
        match &*self.0.refusal.lock() {
            Some(why) => Err(why.clone()),
            None => {
                self.0.sent.lock().push(message.clone());
                Ok(())
            }
        }
    }
}

impl Joining for Elsewhere {
    fn start(self: Box<Self>, inside: Inside) -> Starting {
        *self.0.inside.lock() = Some(inside);
        self.0.happened.note("joined");
        Box::pin(async move { Ok(Arc::new(*self) as Arc<dyn Remote>) })
    }
}

impl Remote for Elsewhere {
    fn place(&self, service: &'static str, _: Placement, _: bool) -> Placed {
        if self.0.away.lock().contains(service) { Placed::Away } else { Placed::Here }
    }

    fn fence(&self, _: Placement) -> u64 {
        self.0.fence.load(Ordering::Relaxed)
    }

    fn ask(&self, message: Message) -> Answering {
        if let Err(why) = self.admit(&message) {
            return Box::pin(async move { Err(why.into()) });
        }
        if let Some(answer) = self.0.to_all.lock().clone() {
            return Box::pin(async move { answer });
        }
        let (asker, answer) = oneshot::channel();
        self.0.asked.lock().push_back((message, asker));
        Box::pin(async move { answer.await.unwrap_or_else(|_| Err(NotRun::ShuttingDown.into())) })
    }

    fn tell(&self, message: Message) -> Telling {
        let admitted = self.admit(&message);
        Box::pin(async move { admitted })
    }

    fn try_tell(&self, message: Message) -> Result<(), NotRun> {
        self.admit(&message)
    }

    fn leave(&self, until: Instant) -> Leaving<'_> {
        Box::pin(async move {
            self.0.happened.note("leaves");
            if self.0.is_stuck.load(Ordering::Relaxed) {
                std::future::pending::<()>().await;
            }
            if self.0.is_refused.load(Ordering::Relaxed) {
                tokio::time::sleep_until(until).await;
                return Err(LeftBehind("nobody takes it".into()));
            }
            Ok(())
        })
    }

    fn ended(&self) -> Ending {
        self.0.happened.note("ended");
        let this = self.0.clone();
        Box::pin(async move {
            tokio::task::yield_now().await;
            this.happened.note("gone");
        })
    }
}
