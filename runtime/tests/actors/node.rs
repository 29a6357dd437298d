use std::time::Duration;

use consort::prelude::*;
use consort::{CallError, NotRun, RunError, StartError};
use consort_testkit::{Gate, poll_now, until};

use crate::counter::Counter;
use crate::worker::{Worker, workers};

mod other {
    /// Another type of the same service name.
    #[derive(Default)]
    pub struct Counter;

    #[consort::service(name = "counter")]
    impl Counter {
        pub async fn nothing(&self) {}
    }
}

#[tokio::test]
async fn a_name_served_twice_is_an_error_that_names_both_types() {
    let error = Node::builder().serve::<Counter>().serve::<other::Counter>().start().await.unwrap_err();
    assert!(matches!(error, StartError::DuplicateService { .. }));
    let text = error.to_string();
    assert!(text.contains("counter::Counter") && text.contains("other::Counter"), "{text}");
}

#[test]
fn a_node_needs_a_tokio_runtime() {
    let mut start = Box::pin(Node::builder().serve::<Counter>().start());
    let refused = poll_now(&mut start).expect("a start without runtime has nothing to wait for");
    assert_eq!(refused.err(), Some(StartError::NoRuntime));
}

#[tokio::test]
async fn nodes_of_one_process_are_isolated() {
    let (left, right) = (Node::builder().serve::<Counter>(), Node::builder().serve::<Counter>());
    let (left, right) = (left.start().await.unwrap(), right.start().await.unwrap());
    left.get::<Counter>(("a", "b")).add(1).await.unwrap();
    assert_eq!(right.get::<Counter>(("a", "b")).total().await, Ok(0));
    left.shutdown().await.unwrap();
    assert_eq!(right.get::<Counter>(("a", "b")).add(1).await, Ok(1));
}

#[tokio::test]
async fn shutdown_lets_running_and_queued_calls_end_and_refuses_new_ones() {
    let gate = Gate::closed();
    let node = workers(&gate, Node::builder()).await;
    let worker = node.get::<Worker>(1);
    let mut calls = tokio::task::JoinSet::new();
    for n in 0..3 {
        let worker = worker.clone();
        calls.spawn(async move { worker.work(n).await });
    }
    gate.reached(1).await;
    let stopping = node.clone();
    let stopping = tokio::spawn(async move { stopping.shutdown().await });
    tokio::task::yield_now().await;
    assert_eq!(worker.done().await, Err(CallError::NotRun(NotRun::ShuttingDown)));
    gate.open();
    stopping.await.unwrap().unwrap();
    assert!(calls.join_all().await.iter().all(Result::is_ok));
    assert!(matches!(node.shutdown().await, Err(RunError::AlreadyStopped)));
    assert!(matches!(node.run().await, Err(RunError::AlreadyStopped)));
    assert_eq!(worker.done().await, Err(CallError::NotRun(NotRun::ShuttingDown)));
}

#[tokio::test(start_paused = true)]
async fn a_drain_that_takes_too_long_names_what_was_busy() {
    let gate = Gate::closed();
    let node = workers(&gate, Node::builder().drain_deadline(Duration::from_secs(2))).await;
    node.get::<Worker>(1).work(1).push().await.unwrap();
    gate.reached(1).await;
    match node.shutdown().await {
        Err(RunError::DrainDeadline { left }) => assert_eq!(left, [("worker".to_owned(), 1)]),
        other => panic!("{other:?}"),
    }
    gate.open();
    until(|| gate.passed() == 1).await;
}
