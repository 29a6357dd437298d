//! [`Gate`]: makes handlers wait for the test.

use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Semaphore;

use crate::until::until;

/// Holds handlers back until the test lets them on: to have a call running, a mailbox full, a deadline missed, at
/// will and without sleeping. Clones are the same gate.
///
/// ```
/// # extern crate consort_runtime as consort;
/// use consort::prelude::*;
/// use consort_testkit::{Gate, TestNode};
///
/// pub struct Worker { gate: Gate }
///
/// #[service(local)]
/// impl Worker {
///     pub async fn work(&mut self) {
///         self.gate.pass().await;
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let gate = Gate::closed();
/// let node = TestNode::start(Node::builder().mailbox(1, 1024)).await;
/// let worker = node.spawn(Worker { gate: gate.clone() });
/// worker.work().push().await.unwrap();
/// gate.reached(1).await;            // it runs,
/// worker.work().try_push().unwrap(); // one waits in the mailbox,
/// assert_eq!(worker.work().try_push(), Err(NotRun::Full { limit: 1 })); // and that is full
/// gate.open();
/// worker.ping().await.unwrap();
/// assert_eq!(gate.passed(), 2);
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Gate {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    turns: Semaphore,
    arrived: AtomicU64,
    passed: AtomicU64,
}

impl Gate {
    /// Nobody passes until the test says so.
    pub fn closed() -> Self {
        let inner = Inner { turns: Semaphore::new(0), arrived: AtomicU64::new(0), passed: AtomicU64::new(0) };
        Gate { inner: Arc::new(inner) }
    }

    /// Everybody passes.
    pub fn opened() -> Self {
        let gate = Gate::closed();
        gate.open();
        gate
    }

    /// What the handler does: counts as arrived, waits, counts as passed.
    ///
    /// # Cancel safety
    /// Cancel safe: one that gives up waiting has arrived and not passed, and takes nobody's turn.
    pub async fn pass(&self) {
        self.inner.arrived.fetch_add(1, Ordering::SeqCst);
        // The semaphore is closed when the gate is open: then nobody needs a permit.
        if let Ok(turn) = self.inner.turns.acquire().await {
            turn.forget();
        }
        self.inner.passed.fetch_add(1, Ordering::SeqCst);
    }

    /// Lets everybody pass from now on.
    pub fn open(&self) {
        self.inner.turns.close();
    }

    /// Lets `count` pass: those who wait, in the order they came, then those who come.
    pub fn let_through(&self, count: usize) {
        self.inner.turns.add_permits(count);
    }

    /// How many have come so far, those who passed included.
    pub fn arrived(&self) -> u64 {
        self.inner.arrived.load(Ordering::SeqCst)
    }

    /// How many have passed so far.
    pub fn passed(&self) -> u64 {
        self.inner.passed.load(Ordering::SeqCst)
    }

    /// Waits until `count` have come.
    ///
    /// # Panics
    /// When they do not within 10 seconds.
    #[track_caller]
    pub fn reached(&self, count: u64) -> impl Future<Output = ()> + use<'_> {
        let place = Location::caller();
        async move {
            let what = format!("{count} to reach a gate");
            until(|| self.arrived() >= count).waiting_for(what).at(place).await;
        }
    }
}
