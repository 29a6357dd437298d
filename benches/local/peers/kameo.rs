//! kameo: a task an actor, a bounded mailbox of 64 by default.

use crate::engine::{Engine, Flavour, KEYS, KeyForm, Lookup, Ring, Suspend};
use kameo::Actor;
use kameo::actor::{ActorRef, Spawn};
use kameo::message::{Context, Message};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use tokio::sync::{OnceCell, Semaphore};

/// Worlds opened so far: kameo's registry is one for the process, so each world's names carry its number.
static WORLDS: AtomicU64 = AtomicU64::new(0);

/// Counters that are kameo actors. For a key, the names in kameo's registry.
pub struct Kameo {
    names: OnceCell<Vec<String>>,
}

/// A counter.
#[derive(Actor)]
pub struct Counter(u64);

/// Add.
pub struct Add(u64);

/// Yield, then add.
pub struct AddSuspending(u64);

impl Message<Add> for Counter {
    type Reply = u64;

    async fn handle(&mut self, message: Add, _: &mut Context<Self, u64>) -> u64 {
        self.0 += message.0;
        self.0
    }
}

impl Message<AddSuspending> for Counter {
    type Reply = u64;

    async fn handle(&mut self, message: AddSuspending, _: &mut Context<Self, u64>) -> u64 {
        tokio::task::yield_now().await;
        self.0 += message.0;
        self.0
    }
}

impl Engine for Kameo {
    const NAME: &'static str = "kameo";
    type Ref = ActorRef<Counter>;

    async fn open(_: Flavour) -> Self {
        Self { names: OnceCell::new() }
    }

    async fn spawn(&self) -> Self::Ref {
        Counter::spawn(Counter(0))
    }

    async fn ask(counter: &Self::Ref, by: u64) -> u64 {
        counter.ask(Add(by)).send().await.expect("the counter answers")
    }

    async fn tell(counter: &Self::Ref, by: u64) {
        counter.tell(Add(by)).send().await.expect("the counter lives");
    }
}

impl Suspend for Kameo {
    async fn ask_suspending(counter: &Self::Ref, by: u64) -> u64 {
        counter.ask(AddSuspending(by)).send().await.expect("the counter answers")
    }
}

impl Lookup for Kameo {
    async fn ask_by_key(&self, _: KeyForm, index: usize, by: u64) -> u64 {
        let names = self.names.get_or_init(register).await;
        let counter = ActorRef::<Counter>::lookup(names[index].as_str()).expect("the name is a counter's");
        counter.expect("the counter is registered").ask(Add(by)).send().await.expect("the counter answers")
    }
}

async fn register() -> Vec<String> {
    let world = WORLDS.fetch_add(1, Relaxed);
    let name = |index| {
        let name = format!("/world/{world}/counter/{index}");
        Counter::spawn(Counter(0)).register(name.clone()).expect("the name is new");
        name
    };
    (0..KEYS).map(name).collect()
}

/// An actor of the ring.
#[derive(Actor)]
pub struct Hop {
    next: Option<ActorRef<Hop>>,
    done: Arc<Semaphore>,
}

/// Says who is next.
pub struct Link(ActorRef<Hop>);

/// Carries the hops left.
pub struct Ball(u64);

impl Message<Link> for Hop {
    type Reply = ();

    async fn handle(&mut self, message: Link, _: &mut Context<Self, ()>) {
        self.next = Some(message.0);
    }
}

impl Message<Ball> for Hop {
    type Reply = ();

    async fn handle(&mut self, message: Ball, _: &mut Context<Self, ()>) {
        match &self.next {
            Some(next) if message.0 > 0 => next.tell(Ball(message.0 - 1)).send().await.expect("the next lives"),
            _ => self.done.add_permits(1),
        }
    }
}

impl Ring for Kameo {
    type Hop = ActorRef<Hop>;

    async fn hop(&self, done: Arc<Semaphore>) -> Self::Hop {
        Hop::spawn(Hop { next: None, done })
    }

    async fn link(hop: &Self::Hop, next: Self::Hop) {
        hop.ask(Link(next)).send().await.expect("the actor answers");
    }

    async fn throw(hop: &Self::Hop, hops: u64) {
        hop.tell(Ball(hops)).send().await.expect("the actor lives");
    }
}
