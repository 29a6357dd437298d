//! actix: actors on arbiters, each one thread with its own current-thread runtime.
//!
//! On the multi-thread cases the callers run on the arbiters too, and a caller's actor lives on the next arbiter, as in
//! a server whose workers share actors. On the current-thread cases all live on the system's own arbiter.

use crate::engine::{Engine, Flavour, Ring, Suspend, WORKERS};
use actix::prelude::{Actor, ActorFutureExt, Addr, Arbiter, ArbiterHandle, AtomicResponse, Context, Handler, Message};
use actix::prelude::{System, WrapFuture};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use tokio::sync::{Semaphore, oneshot};

/// Counters that are actix actors, dealt out over the arbiters.
pub struct Actix {
    arbiters: Vec<ArbiterHandle>,
    next: AtomicUsize,
}

impl Actix {
    /// The arbiter of the next actor; the first is not the first caller's.
    fn deal(&self) -> &ArbiterHandle {
        &self.arbiters[self.next.fetch_add(1, Relaxed) % self.arbiters.len()]
    }
}

/// A counter.
pub struct Counter(u64);

/// Add.
#[derive(Message)]
#[rtype(result = "u64")]
pub struct Add(u64);

/// Yield, then add.
#[derive(Message)]
#[rtype(result = "u64")]
pub struct AddSuspending(u64);

impl Actor for Counter {
    type Context = Context<Self>;
}

impl Handler<Add> for Counter {
    type Result = u64;

    fn handle(&mut self, message: Add, _: &mut Context<Self>) -> u64 {
        self.0 += message.0;
        self.0
    }
}

impl Handler<AddSuspending> for Counter {
    type Result = AtomicResponse<Self, u64>;

    fn handle(&mut self, message: AddSuspending, _: &mut Context<Self>) -> Self::Result {
        let suspended = tokio::task::yield_now().into_actor(self);
        AtomicResponse::new(Box::pin(suspended.map(move |(), counter, _| {
            counter.0 += message.0;
            counter.0
        })))
    }
}

impl Engine for Actix {
    const NAME: &'static str = "actix";
    type Ref = Addr<Counter>;

    async fn open(flavour: Flavour) -> Self {
        let arbiters = match flavour {
            Flavour::MultiThread => (0..WORKERS).map(|_| Arbiter::new().handle()).collect(),
            Flavour::CurrentThread => vec![Arbiter::current()],
        };
        Self { arbiters, next: AtomicUsize::new(1) }
    }

    async fn spawn(&self) -> Self::Ref {
        Counter::start_in_arbiter(self.deal(), |_| Counter(0))
    }

    async fn ask(counter: &Self::Ref, by: u64) -> u64 {
        counter.send(Add(by)).await.expect("the counter answers")
    }

    async fn tell(counter: &Self::Ref, by: u64) {
        counter.do_send(Add(by));
    }

    async fn close(&self) {
        for arbiter in &self.arbiters {
            arbiter.stop();
        }
    }

    fn go<F>(&self, index: usize, caller: F) -> oneshot::Receiver<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let (done, result) = oneshot::channel();
        let running = self.arbiters[index % self.arbiters.len()].spawn(async move {
            let _ = done.send(caller.await);
        });
        assert!(running, "the arbiter runs");
        result
    }

    /// A system is bound to its thread for good, so each run has a thread of its own.
    fn host<W, F>(flavour: Flavour, work: W) -> F::Output
    where
        W: FnOnce(Arc<Self>) -> F + Send + 'static,
        F: Future<Output: Send> + Send + 'static,
    {
        let run = move || {
            System::new().block_on(async move {
                let world = Arc::new(Self::open(flavour).await);
                let output = work(world.clone()).await;
                world.close().await;
                output
            })
        };
        std::thread::scope(|scope| scope.spawn(run).join()).expect("the case checks its result by panicking")
    }
}

impl Suspend for Actix {
    async fn ask_suspending(counter: &Self::Ref, by: u64) -> u64 {
        counter.send(AddSuspending(by)).await.expect("the counter answers")
    }
}

/// An actor of the ring.
pub struct Hop {
    next: Option<Addr<Hop>>,
    done: Arc<Semaphore>,
}

/// Says who is next.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Link(Addr<Hop>);

/// Carries the hops left.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Ball(u64);

impl Actor for Hop {
    type Context = Context<Self>;
}

impl Handler<Link> for Hop {
    type Result = ();

    fn handle(&mut self, message: Link, _: &mut Context<Self>) {
        self.next = Some(message.0);
    }
}

impl Handler<Ball> for Hop {
    type Result = ();

    fn handle(&mut self, message: Ball, _: &mut Context<Self>) {
        match &self.next {
            Some(next) if message.0 > 0 => next.do_send(Ball(message.0 - 1)),
            _ => self.done.add_permits(1),
        }
    }
}

impl Ring for Actix {
    type Hop = Addr<Hop>;

    async fn hop(&self, done: Arc<Semaphore>) -> Self::Hop {
        Hop::start_in_arbiter(self.deal(), |_| Hop { next: None, done })
    }

    async fn link(hop: &Self::Hop, next: Self::Hop) {
        hop.send(Link(next)).await.expect("the actor answers");
    }

    async fn throw(hop: &Self::Hop, hops: u64) {
        hop.do_send(Ball(hops));
    }
}
