use std::time::Duration;

use consort::prelude::*;
use consort::{CallError, NotRun};
use consort_testkit::{Gate, poll_now};

use crate::worker::{Worker, workers};

#[tokio::test]
async fn a_mailbox_takes_exactly_its_limit() {
    for limit in [1u32, 7, 64] {
        let gate = Gate::closed();
        let node = workers(&gate, Node::builder().mailbox(limit, 1 << 20)).await;
        let worker = node.get::<Worker>(1);
        worker.work(0).push().await.unwrap();
        gate.reached(1).await;
        for n in 0..limit {
            assert_eq!(worker.work(n.into()).try_push(), Ok(()), "message {n} of {limit}");
        }
        assert_eq!(worker.work(9).try_push(), Err(NotRun::Full { limit }));
        gate.open();
        assert_eq!(worker.done().await, Ok(u64::from(limit) + 1));
    }
}

#[tokio::test]
async fn a_push_waits_for_room_and_a_dropped_one_sends_nothing() {
    let gate = Gate::closed();
    let node = workers(&gate, Node::builder().mailbox(1, 1 << 20)).await;
    let worker = node.get::<Worker>(1);
    worker.work(0).push().await.unwrap();
    gate.reached(1).await;
    worker.work(1).push().await.unwrap();
    let mut dropped = Box::pin(worker.work(2).push());
    assert!(poll_now(&mut dropped).is_none());
    drop(dropped);
    let waiting = worker.clone();
    let waiting = tokio::spawn(async move { waiting.work(3).push().await });
    gate.open();
    assert_eq!(waiting.await.unwrap(), Ok(()));
    assert_eq!(worker.done().await, Ok(3));
}

#[tokio::test]
async fn bytes_of_arguments_are_bounded_too() {
    let gate = Gate::closed();
    let node = workers(&gate, Node::builder().mailbox(100, 1000)).await;
    let worker = node.get::<Worker>(1);
    worker.work(0).push().await.unwrap();
    gate.reached(1).await;
    assert_eq!(worker.carry(vec![0; 600]).try_push(), Ok(()));
    assert_eq!(worker.carry(vec![0; 600]).try_push(), Err(NotRun::Full { limit: 1000 }));
    assert_eq!(worker.carry(vec![0; 100]).try_push(), Ok(()));
    gate.open();
    assert_eq!(worker.carry(vec![0; 600]).await, Ok(600));
}

#[tokio::test]
async fn a_message_larger_than_the_mailbox_is_refused() {
    let gate = Gate::opened();
    let node = workers(&gate, Node::builder().mailbox(100, 1000)).await;
    let worker = node.get::<Worker>(1);
    let size = 1001 + size_of::<Vec<u8>>() as u64;
    let refused = NotRun::TooLarge { size, limit: 1000 };
    assert_eq!(worker.carry(vec![0; 1001]).try_push(), Err(refused));
    assert_eq!(worker.carry(vec![0; 1000 - size_of::<Vec<u8>>()]).try_push(), Ok(()));
}

#[tokio::test]
async fn asks_wait_for_room_too() {
    let gate = Gate::closed();
    let node = workers(&gate, Node::builder().mailbox(2, 1 << 20)).await;
    let mut calls = tokio::task::JoinSet::new();
    for n in 0..20 {
        let worker = node.get::<Worker>(1);
        calls.spawn(async move { worker.work(n).await });
    }
    gate.reached(1).await;
    gate.open();
    let replies = calls.join_all().await;
    assert!(replies.iter().all(Result::is_ok), "{replies:?}");
    assert_eq!(gate.passed(), 20);
}

#[tokio::test]
async fn stopping_goes_ahead_of_mail_and_mail_starts_a_fresh_activation() {
    let gate = Gate::closed();
    let node = workers(&gate, Node::builder()).await;
    let worker = node.get::<Worker>(1);
    worker.work(0).push().await.unwrap();
    gate.reached(1).await;
    for n in 0..5 {
        worker.work(n).push().await.unwrap();
    }
    let stopping = worker.clone();
    let stopping = tokio::spawn(async move { stopping.stop().await });
    tokio::task::yield_now().await;
    gate.let_through(1);
    assert_eq!(stopping.await.unwrap(), Ok(()));
    assert_eq!(gate.passed(), 1);
    gate.open();
    assert_eq!(worker.done().await, Ok(6));
    assert_eq!(node.stats()[0].started, 2);
    let _: Result<u64, CallError> = worker.done().await;
}

#[tokio::test]
async fn a_message_that_is_too_large_is_refused_by_an_idle_actor_too() {
    let node = workers(&Gate::opened(), Node::builder().mailbox(100, 1000)).await;
    let worker = node.get::<Worker>(1);
    let refused = || CallError::NotRun(NotRun::TooLarge { size: 1001 + size_of::<Vec<u8>>() as u64, limit: 1000 });
    assert_eq!(worker.carry(vec![0; 1001]).await, Err(refused()), "no activation");
    assert_eq!(worker.status().state, LifeState::NotStarted);
    worker.start().await.unwrap();
    assert_eq!(worker.carry(vec![0; 1001]).await, Err(refused()), "idle");
    assert_eq!(worker.carry(vec![0; 1001]).timeout(Duration::from_secs(60)).await, Err(refused()), "with an option");
    assert_eq!(worker.carry(vec![0; 900]).await, Ok(900));
}

#[tokio::test]
async fn small_arguments_without_heap_are_never_too_large() {
    let node = workers(&Gate::opened(), Node::builder().mailbox(100, 1)).await;
    let worker = node.get::<Worker>(1);
    assert_eq!(worker.work(1).try_push(), Ok(()));
    assert_eq!(worker.work(2).await, Ok(2));
    assert_eq!(worker.done().await, Ok(2));
}
