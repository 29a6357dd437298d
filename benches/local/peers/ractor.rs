//! ractor: a task an actor, an unbounded mailbox, one message enum an actor.

use crate::engine::{Engine, Flavour, Ring, Suspend};
use ractor::rpc::CallResult;
use ractor::{Actor, ActorProcessingErr, ActorRef, MessagingErr, RpcReplyPort};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Counters that are ractor actors.
pub struct Ractor;

/// A counter; its total is ractor's `State`.
pub struct Counter;

/// What a counter receives.
pub enum Message {
    Add(u64),
    Ask(u64, RpcReplyPort<u64>),
    AskSuspending(u64, RpcReplyPort<u64>),
}

impl Actor for Counter {
    type Msg = Message;
    type State = u64;
    type Arguments = ();

    async fn pre_start(&self, _: ActorRef<Message>, (): ()) -> Result<u64, ActorProcessingErr> {
        Ok(0)
    }

    async fn handle(&self, _: ActorRef<Message>, message: Message, total: &mut u64) -> Result<(), ActorProcessingErr> {
        match message {
            Message::Add(by) => *total += by,
            Message::Ask(by, reply) => {
                *total += by;
                reply.send(*total)?;
            }
            Message::AskSuspending(by, reply) => {
                tokio::task::yield_now().await;
                *total += by;
                reply.send(*total)?;
            }
        }
        Ok(())
    }
}

impl Engine for Ractor {
    const NAME: &'static str = "ractor";
    type Ref = ActorRef<Message>;

    async fn open(_: Flavour) -> Self {
        Self
    }

    async fn spawn(&self) -> Self::Ref {
        Actor::spawn(None, Counter, ()).await.expect("the counter starts").0
    }

    async fn ask(counter: &Self::Ref, by: u64) -> u64 {
        answer(counter.call(|reply| Message::Ask(by, reply), None).await)
    }

    async fn tell(counter: &Self::Ref, by: u64) {
        counter.cast(Message::Add(by)).expect("the counter lives");
    }
}

impl Suspend for Ractor {
    async fn ask_suspending(counter: &Self::Ref, by: u64) -> u64 {
        answer(counter.call(|reply| Message::AskSuspending(by, reply), None).await)
    }
}

fn answer(result: Result<CallResult<u64>, MessagingErr<Message>>) -> u64 {
    match result {
        Ok(CallResult::Success(total)) => total,
        Ok(CallResult::Timeout | CallResult::SenderError) | Err(_) => panic!("the counter answers"),
    }
}

/// An actor of the ring; who is next is its `State`.
pub struct Hop(Arc<Semaphore>);

/// What an actor of the ring receives.
pub enum Pass {
    Link(ActorRef<Pass>),
    Ball(u64),
}

impl Actor for Hop {
    type Msg = Pass;
    type State = Option<ActorRef<Pass>>;
    type Arguments = ();

    async fn pre_start(&self, _: ActorRef<Pass>, (): ()) -> Result<Self::State, ActorProcessingErr> {
        Ok(None)
    }

    async fn handle(&self, _: ActorRef<Pass>, message: Pass, next: &mut Self::State) -> Result<(), ActorProcessingErr> {
        match (message, &next) {
            (Pass::Link(neighbour), _) => *next = Some(neighbour),
            (Pass::Ball(hops), Some(neighbour)) if hops > 0 => neighbour.cast(Pass::Ball(hops - 1))?,
            (Pass::Ball(_), _) => self.0.add_permits(1),
        }
        Ok(())
    }
}

impl Ring for Ractor {
    type Hop = ActorRef<Pass>;

    async fn hop(&self, done: Arc<Semaphore>) -> Self::Hop {
        Actor::spawn(None, Hop(done), ()).await.expect("the actor starts").0
    }

    async fn link(hop: &Self::Hop, next: Self::Hop) {
        hop.cast(Pass::Link(next)).expect("the actor lives");
    }

    async fn throw(hop: &Self::Hop, hops: u64) {
        hop.cast(Pass::Ball(hops)).expect("the actor lives");
    }
}
