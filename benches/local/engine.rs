//! What a contender has to be able to do: one trait for all, and one for each ability that not all have.

use std::future::Future;
use std::sync::Arc;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Semaphore, oneshot};

/// Worker threads of the multi-thread runtime, whatever the machine has: the figures name them.
pub const WORKERS: usize = 4;

/// Keys that a [`Lookup`] case goes round: enough that no engine can keep the last one, few enough to stay in cache.
pub const KEYS: usize = 64;

/// Which tokio runtime a case runs on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Flavour {
    /// [`WORKERS`] worker threads.
    MultiThread,
    /// One thread for callers and actors.
    CurrentThread,
}

impl Flavour {
    /// A runtime of this flavour.
    pub fn runtime(self) -> Runtime {
        let mut builder = match self {
            Self::MultiThread => Builder::new_multi_thread(),
            Self::CurrentThread => Builder::new_current_thread(),
        };
        builder.worker_threads(WORKERS).enable_all().build().expect("the system gives threads to a runtime")
    }
}

/// A contender: counters that add. The value itself is the world its actors live in: a node, a system, or nothing.
pub trait Engine: Sized + Send + Sync + 'static {
    /// The name in the table.
    const NAME: &'static str;

    /// A reference to one counter.
    type Ref: Clone + Send + Sync + 'static;

    /// Builds the world; runs on the case's runtime.
    fn open(flavour: Flavour) -> impl Future<Output = Self> + Send;

    /// Starts a counter at 0.
    fn spawn(&self) -> impl Future<Output = Self::Ref> + Send;

    /// Adds and returns the new total.
    fn ask(counter: &Self::Ref, by: u64) -> impl Future<Output = u64> + Send;

    /// Adds without waiting for the answer; waits for room where the mailbox is bounded.
    fn tell(counter: &Self::Ref, by: u64) -> impl Future<Output = ()> + Send;

    /// Takes the world down, outside every measured time.
    fn close(&self) -> impl Future<Output = ()> + Send {
        async {}
    }

    /// Runs caller number `index` where this engine's callers live.
    fn go<F>(&self, index: usize, caller: F) -> oneshot::Receiver<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let _ = index;
        let (done, result) = oneshot::channel();
        tokio::spawn(async move {
            let _ = done.send(caller.await);
        });
        result
    }

    /// Builds a runtime and a world, runs `work` in them, and drops both.
    fn host<W, F>(flavour: Flavour, work: W) -> F::Output
    where
        W: FnOnce(Arc<Self>) -> F + Send + 'static,
        F: Future<Output: Send> + Send + 'static,
    {
        flavour.runtime().block_on(async move {
            let run = tokio::spawn(async move {
                let world = Arc::new(Self::open(flavour).await);
                let output = work(world.clone()).await;
                world.close().await;
                output
            });
            run.await.expect("the case checks its result by panicking")
        })
    }
}

/// Engines whose handlers may suspend.
pub trait Suspend: Engine {
    /// As [`Engine::ask`], by a handler that yields to the scheduler once before it adds.
    fn ask_suspending(counter: &Self::Ref, by: u64) -> impl Future<Output = u64> + Send;
}

/// Engines whose actors can send to each other.
pub trait Ring: Engine {
    /// A reference to one actor of the ring.
    type Hop: Clone + Send + Sync + 'static;

    /// Starts an actor that adds a permit to `done` when the ball stops at it.
    fn hop(&self, done: Arc<Semaphore>) -> impl Future<Output = Self::Hop> + Send;

    /// Tells `hop` who is next.
    fn link(hop: &Self::Hop, next: Self::Hop) -> impl Future<Output = ()> + Send;

    /// Throws a ball that is passed on `hops` times.
    fn throw(hop: &Self::Hop, hops: u64) -> impl Future<Output = ()> + Send;
}

/// The form of a key in a [`Lookup`] case.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum KeyForm {
    /// One number.
    Number,
    /// Two nested strings.
    TwoStrings,
}

/// Engines that find an actor by its key.
pub trait Lookup: Engine {
    /// Finds the counter of key number `index` (below [`KEYS`]) and asks it to add. The first ask of a key may start it.
    fn ask_by_key(&self, form: KeyForm, index: usize, by: u64) -> impl Future<Output = u64> + Send;
}
