//! The actor written by hand: a task, a bounded channel, and a oneshot for each answer.

use crate::engine::{Engine, Flavour, Ring, Suspend};
use std::sync::Arc;
use tokio::sync::{Semaphore, mpsc, oneshot};

/// Room in a mailbox; kameo's default, so that the two block alike.
const MAILBOX: usize = 64;

/// Counters that are tasks.
pub struct MpscOneshot;

/// What a counter receives.
pub enum Message {
    Add(u64),
    Ask(u64, oneshot::Sender<u64>),
    AskSuspending(u64, oneshot::Sender<u64>),
}

/// What an actor of the ring receives.
pub enum Pass {
    Link(mpsc::Sender<Pass>),
    Ball(u64),
}

impl Engine for MpscOneshot {
    const NAME: &'static str = "mpsc_oneshot";
    type Ref = mpsc::Sender<Message>;

    async fn open(_: Flavour) -> Self {
        Self
    }

    async fn spawn(&self) -> Self::Ref {
        let (sender, mailbox) = mpsc::channel(MAILBOX);
        tokio::spawn(count(mailbox));
        sender
    }

    async fn ask(counter: &Self::Ref, by: u64) -> u64 {
        let (reply, answer) = oneshot::channel();
        assert!(counter.send(Message::Ask(by, reply)).await.is_ok(), "the counter lives");
        answer.await.expect("the counter answers")
    }

    async fn tell(counter: &Self::Ref, by: u64) {
        assert!(counter.send(Message::Add(by)).await.is_ok(), "the counter lives");
    }
}

impl Suspend for MpscOneshot {
    async fn ask_suspending(counter: &Self::Ref, by: u64) -> u64 {
        let (reply, answer) = oneshot::channel();
        assert!(counter.send(Message::AskSuspending(by, reply)).await.is_ok(), "the counter lives");
        answer.await.expect("the counter answers")
    }
}

impl Ring for MpscOneshot {
    type Hop = mpsc::Sender<Pass>;

    async fn hop(&self, done: Arc<Semaphore>) -> Self::Hop {
        let (sender, mailbox) = mpsc::channel(MAILBOX);
        tokio::spawn(pass_on(mailbox, done));
        sender
    }

    async fn link(hop: &Self::Hop, next: Self::Hop) {
        assert!(hop.send(Pass::Link(next)).await.is_ok(), "the actor lives");
    }

    async fn throw(hop: &Self::Hop, hops: u64) {
        assert!(hop.send(Pass::Ball(hops)).await.is_ok(), "the actor lives");
    }
}

async fn count(mut mailbox: mpsc::Receiver<Message>) {
    let mut total = 0;
    while let Some(message) = mailbox.recv().await {
        let (by, reply) = match message {
            Message::Add(by) => (by, None),
            Message::Ask(by, reply) => (by, Some(reply)),
            Message::AskSuspending(by, reply) => {
                tokio::task::yield_now().await;
                (by, Some(reply))
            }
        };
        total += by;
        if let Some(reply) = reply {
            let _ = reply.send(total);
        }
    }
}

async fn pass_on(mut mailbox: mpsc::Receiver<Pass>, done: Arc<Semaphore>) {
    let mut next = None;
    while let Some(message) = mailbox.recv().await {
        match (message, &next) {
            (Pass::Link(neighbour), _) => next = Some(neighbour),
            (Pass::Ball(0), _) => done.add_permits(1),
            (Pass::Ball(hops), Some(neighbour)) => {
                let _ = neighbour.send(Pass::Ball(hops - 1)).await;
            }
            (Pass::Ball(_), None) => unreachable!("a ball comes after the link"),
        }
    }
}
