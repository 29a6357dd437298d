//! xtra: a task an actor, here with an unbounded mailbox.

use crate::engine::{Engine, Flavour, Ring, Suspend};
use std::sync::Arc;
use tokio::sync::Semaphore;
use xtra::{Actor, Address, Context, Handler, Mailbox};

/// Counters that are xtra actors.
pub struct Xtra;

/// A counter.
pub struct Counter(u64);

/// Add.
pub struct Add(u64);

/// Yield, then add.
pub struct AddSuspending(u64);

impl Actor for Counter {
    type Stop = ();

    async fn stopped(self) {}
}

impl Handler<Add> for Counter {
    type Return = u64;

    async fn handle(&mut self, message: Add, _: &mut Context<Self>) -> u64 {
        self.0 += message.0;
        self.0
    }
}

impl Handler<AddSuspending> for Counter {
    type Return = u64;

    async fn handle(&mut self, message: AddSuspending, _: &mut Context<Self>) -> u64 {
        tokio::task::yield_now().await;
        self.0 += message.0;
        self.0
    }
}

impl Engine for Xtra {
    const NAME: &'static str = "xtra";
    type Ref = Address<Counter>;

    async fn open(_: Flavour) -> Self {
        Self
    }

    async fn spawn(&self) -> Self::Ref {
        xtra::spawn_tokio(Counter(0), Mailbox::unbounded())
    }

    async fn ask(counter: &Self::Ref, by: u64) -> u64 {
        counter.send(Add(by)).await.expect("the counter answers")
    }

    async fn tell(counter: &Self::Ref, by: u64) {
        // The receiver is dropped on purpose: that is how xtra tells.
        drop(counter.send(Add(by)).detach().await.expect("the counter lives"));
    }
}

impl Suspend for Xtra {
    async fn ask_suspending(counter: &Self::Ref, by: u64) -> u64 {
        counter.send(AddSuspending(by)).await.expect("the counter answers")
    }
}

/// An actor of the ring.
pub struct Hop {
    next: Option<Address<Hop>>,
    done: Arc<Semaphore>,
}

/// Says who is next.
pub struct Link(Address<Hop>);

/// Carries the hops left.
pub struct Ball(u64);

impl Actor for Hop {
    type Stop = ();

    async fn stopped(self) {}
}

impl Handler<Link> for Hop {
    type Return = ();

    async fn handle(&mut self, message: Link, _: &mut Context<Self>) {
        self.next = Some(message.0);
    }
}

impl Handler<Ball> for Hop {
    type Return = ();

    async fn handle(&mut self, message: Ball, _: &mut Context<Self>) {
        match &self.next {
            Some(next) if message.0 > 0 => {
                drop(next.send(Ball(message.0 - 1)).detach().await.expect("the next lives"));
            }
            _ => self.done.add_permits(1),
        }
    }
}

impl Ring for Xtra {
    type Hop = Address<Hop>;

    async fn hop(&self, done: Arc<Semaphore>) -> Self::Hop {
        xtra::spawn_tokio(Hop { next: None, done }, Mailbox::unbounded())
    }

    async fn link(hop: &Self::Hop, next: Self::Hop) {
        hop.send(Link(next)).await.expect("the actor answers");
    }

    async fn throw(hop: &Self::Hop, hops: u64) {
        drop(hop.send(Ball(hops)).detach().await.expect("the actor lives"));
    }
}
