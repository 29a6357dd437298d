//! Consort twice: `consort` calls through the reference that `Node::spawn` gave, `consort_key` through a held one that
//! `Node::get` gave for a key. In the `get_ask` cases `consort` gets a fresh reference for each ask, and `consort_key`
//! holds one for each key: the difference is the look-up.

use crate::engine::{Engine, Flavour, KEYS, KeyForm, Lookup, Ring, Suspend};
use consort::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use tokio::sync::Semaphore;

/// A counter that is spawned.
#[derive(Default)]
pub struct Counter {
    total: u64,
}

#[service(name = "benches.counter", version = "1.0")]
impl Counter {
    /// Adds.
    pub async fn add(&mut self, by: u64) -> u64 {
        self.total += by;
        self.total
    }

    /// Yields, then adds.
    pub async fn add_suspending(&mut self, by: u64) -> u64 {
        tokio::task::yield_now().await;
        self.total += by;
        self.total
    }
}

/// A counter of a number.
#[derive(Default)]
pub struct Numbered {
    total: u64,
}

#[service(name = "benches.numbered", version = "1.0", key = "/counter/{id: u64}")]
impl Numbered {
    /// Adds.
    pub async fn add(&mut self, by: u64) -> u64 {
        self.total += by;
        self.total
    }

    /// Yields, then adds.
    pub async fn add_suspending(&mut self, by: u64) -> u64 {
        tokio::task::yield_now().await;
        self.total += by;
        self.total
    }
}

/// A counter of two nested names.
#[derive(Default)]
pub struct Nested {
    total: u64,
}

#[service(name = "benches.nested", version = "1.0", key = "/tenant/{tenant}/counter/{name}")]
impl Nested {
    /// Adds.
    pub async fn add(&mut self, by: u64) -> u64 {
        self.total += by;
        self.total
    }
}

/// An actor of the ring.
#[derive(Default)]
pub struct Hop {
    next: Option<HopRef>,
    done: Option<Arc<Semaphore>>,
}

#[service(name = "benches.hop", version = "1.0")]
impl Hop {
    /// Says who is next.
    pub async fn link(&mut self, next: HopRef) {
        self.next = Some(next);
    }

    /// Passes the ball on, or stops it.
    pub async fn pass(&mut self, hops: u64) {
        match (&self.next, &self.done) {
            (Some(next), _) if hops > 0 => next.pass(hops - 1).push().await.expect("the next lives"),
            (_, done) => done.iter().for_each(|done| done.add_permits(1)),
        }
    }
}

/// Counters that are spawned; for a key, a fresh reference each time.
pub struct Consort {
    node: Node,
    names: Vec<(String, String)>,
}

impl Engine for Consort {
    const NAME: &'static str = "consort";
    type Ref = CounterRef;

    async fn open(_: Flavour) -> Self {
        Self { node: node().await, names: names() }
    }

    async fn spawn(&self) -> CounterRef {
        self.node.spawn(Counter::default())
    }

    async fn ask(counter: &CounterRef, by: u64) -> u64 {
        counter.add(by).await.expect("the counter answers")
    }

    async fn tell(counter: &CounterRef, by: u64) {
        counter.add(by).push().await.expect("the counter lives");
    }

    async fn close(&self) {
        self.node.shutdown().await.expect("nothing is left running");
    }
}

impl Suspend for Consort {
    async fn ask_suspending(counter: &CounterRef, by: u64) -> u64 {
        counter.add_suspending(by).await.expect("the counter answers")
    }
}

impl Ring for Consort {
    type Hop = HopRef;

    async fn hop(&self, done: Arc<Semaphore>) -> HopRef {
        self.node.spawn(Hop { next: None, done: Some(done) })
    }

    async fn link(hop: &HopRef, next: HopRef) {
        hop.link(next).await.expect("the actor answers");
    }

    async fn throw(hop: &HopRef, hops: u64) {
        hop.pass(hops).push().await.expect("the actor lives");
    }
}

impl Lookup for Consort {
    async fn ask_by_key(&self, form: KeyForm, index: usize, by: u64) -> u64 {
        let answer = match form {
            KeyForm::Number => self.node.get::<Numbered>(index as u64).add(by).await,
            KeyForm::TwoStrings => {
                let (tenant, name) = &self.names[index];
                self.node.get::<Nested>((tenant.as_str(), name.as_str())).add(by).await
            }
        };
        answer.expect("the counter answers")
    }
}

/// Counters that keys name, each started by its first call.
pub struct ConsortKey {
    node: Node,
    next: AtomicU64,
    numbered: Vec<NumberedRef>,
    nested: Vec<NestedRef>,
}

impl Engine for ConsortKey {
    const NAME: &'static str = "consort_key";
    type Ref = NumberedRef;

    async fn open(_: Flavour) -> Self {
        let node = node().await;
        let numbered = (0..KEYS as u64).map(|id| node.get::<Numbered>(id)).collect();
        let nested = names().into_iter().map(|key| node.get::<Nested>(key)).collect();
        Self { node, next: AtomicU64::new(KEYS as u64), numbered, nested }
    }

    async fn spawn(&self) -> NumberedRef {
        self.node.get::<Numbered>(self.next.fetch_add(1, Relaxed))
    }

    async fn ask(counter: &NumberedRef, by: u64) -> u64 {
        counter.add(by).await.expect("the counter answers")
    }

    async fn tell(counter: &NumberedRef, by: u64) {
        counter.add(by).push().await.expect("the counter lives");
    }

    async fn close(&self) {
        self.node.shutdown().await.expect("nothing is left running");
    }
}

impl Suspend for ConsortKey {
    async fn ask_suspending(counter: &NumberedRef, by: u64) -> u64 {
        counter.add_suspending(by).await.expect("the counter answers")
    }
}

impl Lookup for ConsortKey {
    async fn ask_by_key(&self, form: KeyForm, index: usize, by: u64) -> u64 {
        let answer = match form {
            KeyForm::Number => self.numbered[index].add(by).await,
            KeyForm::TwoStrings => self.nested[index].add(by).await,
        };
        answer.expect("the counter answers")
    }
}

async fn node() -> Node {
    let builder = Node::builder().serve::<Counter>().serve::<Numbered>().serve::<Nested>().serve::<Hop>();
    builder.start().await.expect("the node starts")
}

/// Keys of two segments: eight tenants with eight counters each.
fn names() -> Vec<(String, String)> {
    (0..KEYS).map(|index| (format!("tenant-{}", index % 8), format!("counter-{}", index / 8))).collect()
}
