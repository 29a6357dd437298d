use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use consort::prelude::*;
use consort_testkit::{Gate, until};

use crate::worker::{Worker, workers};

#[tokio::test(start_paused = true)]
async fn an_idle_activation_is_passivated_and_starts_anew_with_the_next_call() {
    let gate = Gate::opened();
    let node = workers(&gate, Node::builder().idle_after(Duration::from_secs(60))).await;
    let worker = node.get::<Worker>(1);
    worker.work(1).await.unwrap();
    assert_eq!(node.stats()[0].activations, 1);
    while node.stats()[0].activations == 1 {
        tokio::time::sleep(Duration::from_secs(15)).await;
    }
    assert_eq!(worker.status().state, LifeState::NotStarted);
    assert_eq!(worker.work(2).await, Ok(2));
    assert_eq!(node.stats()[0].started, 2);
}

#[tokio::test(start_paused = true)]
async fn a_passivated_key_nobody_refers_to_is_forgotten() {
    let gate = Gate::opened();
    let node = workers(&gate, Node::builder().idle_after(Duration::from_secs(60))).await;
    for id in 0..10 {
        node.get::<Worker>(id).work(1).await.unwrap();
    }
    let kept = node.get::<Worker>(3);
    while node.stats()[0].actors > 1 {
        tokio::time::sleep(Duration::from_secs(15)).await;
    }
    assert_eq!(kept.work(1).await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn an_activation_that_is_called_stays() {
    let gate = Gate::opened();
    let node = workers(&gate, Node::builder().idle_after(Duration::from_secs(60))).await;
    let worker = node.get::<Worker>(1);
    for _ in 0..50 {
        worker.work(1).await.unwrap();
        tokio::time::sleep(Duration::from_secs(10)).await;
    }
    assert_eq!(node.stats()[0].started, 1);
}

#[tokio::test(start_paused = true)]
async fn a_busy_activation_with_mail_is_not_passivated() {
    let gate = Gate::closed();
    let node = workers(&gate, Node::builder().idle_after(Duration::from_secs(60))).await;
    let worker = node.get::<Worker>(1);
    for n in 0..3 {
        worker.work(n).push().await.unwrap();
        gate.reached(1).await;
        tokio::time::sleep(Duration::from_secs(300)).await;
    }
    gate.open();
    until(|| gate.passed() == 3).await;
    worker.ping().await.unwrap();
    assert_eq!(node.stats()[0].started, 1);
}

#[tokio::test(start_paused = true)]
async fn a_failed_key_nobody_refers_to_is_tried_anew_after_the_idle_time() {
    let tries = Arc::<AtomicU64>::default();
    let counted = tries.clone();
    let factory = move |_| {
        let fails = counted.fetch_add(1, Ordering::SeqCst) == 0;
        async move { if fails { Err("not yet") } else { Ok(Worker { gate: Gate::opened() }) } }
    };
    let builder = Node::builder().idle_after(Duration::from_secs(60)).serve_with(factory);
    let node = builder.start().await.unwrap();
    assert_eq!(node.get::<Worker>(1).work(1).await.unwrap_err().code().to_string(), "C0007");
    assert_eq!(node.get::<Worker>(1).work(1).await.unwrap_err().code().to_string(), "C0007");
    assert_eq!(tries.load(Ordering::SeqCst), 1, "calls are refused, nothing runs again");
    while node.stats()[0].actors > 0 {
        tokio::time::sleep(Duration::from_secs(15)).await;
    }
    assert_eq!(node.get::<Worker>(1).work(1).await, Ok(1));
}
