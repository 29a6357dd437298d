use std::time::Duration;

use consort::prelude::*;
use consort_testkit::{Gate, Probe};
use tokio::task::JoinSet;

use crate::counter::{Counter, Refused};
use crate::worker::{Worker, workers};

async fn counters() -> Node {
    Node::builder().serve::<Counter>().start().await.unwrap()
}

#[tokio::test]
async fn an_ask_ends_with_the_reply_or_with_the_handlers_own_error() {
    let node = counters().await;
    let counter = node.get::<Counter>(("acme", "orders"));
    assert_eq!(counter.add(3).await, Ok(3));
    assert_eq!(counter.add(98).await, Err(CallError::App(Refused { limit: 100 })));
    assert_eq!(counter.total().await, Ok(3));
}

#[tokio::test]
async fn a_tell_runs_before_a_later_ask_of_the_same_sender() {
    let node = counters().await;
    let counter = node.get::<Counter>(("acme", "orders"));
    for _ in 0..50 {
        counter.add(1).push().await.unwrap();
    }
    assert_eq!(counter.total().await, Ok(50));
}

#[tokio::test]
async fn keys_are_separate_actors() {
    let node = counters().await;
    assert_eq!(node.get::<Counter>(("acme", "a")).add(1).await, Ok(1));
    assert_eq!(node.get::<Counter>(("acme", "b")).add(2).await, Ok(2));
    assert_eq!(node.get::<Counter>(("acme", "a")).total().await, Ok(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_first_calls_make_one_instance() {
    let built = Probe::new();
    let factory = {
        let built = built.clone();
        move |id: u64| {
            built.note(id);
            std::future::ready(Ok::<_, Never>(Worker { gate: Gate::opened() }))
        }
    };
    let node = Node::builder().serve_with(factory).start().await.unwrap();
    let mut calls = JoinSet::new();
    for n in 0..100 {
        let worker = node.get::<Worker>(1);
        calls.spawn(async move { worker.work(n).await.unwrap() });
    }
    let mut replies = calls.join_all().await;
    replies.sort_unstable();
    assert_eq!(replies, (0..100).collect::<Vec<_>>());
    assert_eq!(built.take(), [1]);
}

#[tokio::test]
async fn dropping_the_caller_does_not_cancel_the_handler() {
    let gate = Gate::closed();
    let node = workers(&gate, Node::builder()).await;
    let worker = node.get::<Worker>(1);
    let asked = worker.clone();
    let caller = tokio::spawn(async move { asked.work(1).await });
    gate.reached(1).await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    gate.open();
    assert_eq!(worker.done().await, Ok(1));
}

#[tokio::test]
async fn a_call_dropped_before_it_was_polled_sends_nothing() {
    let node = counters().await;
    let counter = node.get::<Counter>(("acme", "orders"));
    drop(counter.add(5));
    drop(counter.add(5).push());
    assert_eq!(counter.total().await, Ok(0));
}

#[tokio::test]
async fn a_handler_that_suspends_finishes_on_the_driver() {
    let gate = Gate::closed();
    let node = workers(&gate, Node::builder()).await;
    let worker = node.get::<Worker>(1);
    let asked = worker.clone();
    let caller = tokio::spawn(async move { asked.work(7).await });
    gate.reached(1).await;
    gate.open();
    assert_eq!(caller.await.unwrap(), Ok(7));
}

#[tokio::test]
async fn an_unserved_service_is_named_with_those_that_are_served() {
    let node = counters().await;
    let error = node.get::<Worker>(1).done().await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("worker") && text.contains("counter") && text.contains("C0004"), "{text}");
}

#[test]
fn an_ask_from_another_runtime_is_answered() {
    let home = tokio::runtime::Runtime::new().unwrap();
    let node = home.block_on(counters());
    let away = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let total = away.block_on(async {
        let counter = node.get::<Counter>(("acme", "orders"));
        counter.add(4).await.unwrap();
        counter.add(1).timeout(Duration::from_secs(60)).await.unwrap()
    });
    assert_eq!(total, 5);
}

/// Notes who called it, or has another of its kind called.
#[derive(Default)]
pub struct Called {
    by: Vec<Option<String>>,
}

#[service(name = "called", key = "/called/{n: u32}", local)]
impl Called {
    pub async fn note(&mut self, cx: &Cx) {
        self.by.push(cx.caller());
    }

    pub async fn call(&self, other: CalledRef) {
        other.note().await.unwrap();
        other.note().push().await.unwrap();
        other.note().timeout(Duration::from_secs(60)).push().await.unwrap();
    }

    pub async fn by(&self) -> Vec<Option<String>> {
        self.by.clone()
    }
}

#[tokio::test]
async fn the_caller_is_known_to_asks_and_to_pushes_with_an_option_only() {
    let node = Node::builder().serve::<Called>().start().await.unwrap();
    let (one, two) = (node.get::<Called>(1), node.get::<Called>(2));
    one.call(two.clone()).await.unwrap();
    two.note().await.unwrap();
    let one = || Some("called/called/1".to_owned());
    assert_eq!(two.by().await, Ok(vec![one(), None, one(), None]));
}
