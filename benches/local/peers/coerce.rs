//! coerce: a task an actor in an actor system, an unbounded mailbox.

use crate::engine::{Engine, Flavour, Ring, Suspend};
use async_trait::async_trait;
use coerce::actor::context::ActorContext;
use coerce::actor::message::{Handler, Message};
use coerce::actor::scheduler::ActorType::Anonymous;
use coerce::actor::system::ActorSystem;
use coerce::actor::{Actor, LocalActorRef, new_actor_id};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Counters that are coerce actors of one system.
pub struct Coerce {
    system: ActorSystem,
}

/// A counter.
pub struct Counter(u64);

/// Add.
pub struct Add(u64);

/// Yield, then add.
pub struct AddSuspending(u64);

impl Actor for Counter {}

impl Message for Add {
    type Result = u64;
}

impl Message for AddSuspending {
    type Result = u64;
}

#[async_trait]
impl Handler<Add> for Counter {
    async fn handle(&mut self, message: Add, _: &mut ActorContext) -> u64 {
        self.0 += message.0;
        self.0
    }
}

#[async_trait]
impl Handler<AddSuspending> for Counter {
    async fn handle(&mut self, message: AddSuspending, _: &mut ActorContext) -> u64 {
        tokio::task::yield_now().await;
        self.0 += message.0;
        self.0
    }
}

impl Engine for Coerce {
    const NAME: &'static str = "coerce";
    type Ref = LocalActorRef<Counter>;

    async fn open(_: Flavour) -> Self {
        Self { system: ActorSystem::new() }
    }

    async fn spawn(&self) -> Self::Ref {
        let started = self.system.new_actor(new_actor_id(), Counter(0), Anonymous).await;
        started.expect("the counter starts")
    }

    async fn ask(counter: &Self::Ref, by: u64) -> u64 {
        counter.send(Add(by)).await.expect("the counter answers")
    }

    async fn tell(counter: &Self::Ref, by: u64) {
        counter.notify(Add(by)).expect("the counter lives");
    }
}

impl Suspend for Coerce {
    async fn ask_suspending(counter: &Self::Ref, by: u64) -> u64 {
        counter.send(AddSuspending(by)).await.expect("the counter answers")
    }
}

/// An actor of the ring.
pub struct Hop {
    next: Option<LocalActorRef<Hop>>,
    done: Arc<Semaphore>,
}

/// Says who is next.
pub struct Link(LocalActorRef<Hop>);

/// Carries the hops left.
pub struct Ball(u64);

impl Actor for Hop {}

impl Message for Link {
    type Result = ();
}

impl Message for Ball {
    type Result = ();
}

#[async_trait]
impl Handler<Link> for Hop {
    async fn handle(&mut self, message: Link, _: &mut ActorContext) {
        self.next = Some(message.0);
    }
}

#[async_trait]
impl Handler<Ball> for Hop {
    async fn handle(&mut self, message: Ball, _: &mut ActorContext) {
        match &self.next {
            Some(next) if message.0 > 0 => next.notify(Ball(message.0 - 1)).expect("the next lives"),
            _ => self.done.add_permits(1),
        }
    }
}

impl Ring for Coerce {
    type Hop = LocalActorRef<Hop>;

    async fn hop(&self, done: Arc<Semaphore>) -> Self::Hop {
        let started = self.system.new_actor(new_actor_id(), Hop { next: None, done }, Anonymous).await;
        started.expect("the actor starts")
    }

    async fn link(hop: &Self::Hop, next: Self::Hop) {
        hop.send(Link(next)).await.expect("the actor answers");
    }

    async fn throw(hop: &Self::Hop, hops: u64) {
        hop.notify(Ball(hops)).expect("the actor lives");
    }
}
