use std::sync::Arc;

use consort::CallError;
use consort::prelude::*;
use consort_testkit::{Gate, TestNode, until};

use crate::counter::{Counter, CounterRef};

/// What every handler has at hand.
struct Defaults {
    greeting: &'static str,
    counter: CounterRef,
    _tie: Arc<()>,
}

/// Greets with what is attached.
#[derive(Default)]
pub struct Greeter {
    at_start: String,
}

#[service(name = "greeter", key = "/greeter/{id}", local)]
impl Greeter {
    #[start]
    async fn start(&mut self, cx: &Cx) -> Result<(), Never> {
        self.at_start = cx.attached::<Defaults>().greeting.to_owned();
        Ok(())
    }

    pub async fn greet(&mut self, cx: &Cx) -> (String, i64) {
        let defaults = cx.attached::<Defaults>();
        let count = defaults.counter.add(1).await.unwrap();
        (format!("{}, {}", self.at_start, defaults.greeting), count)
    }

    pub async fn farewell(&mut self, cx: &Cx) -> usize {
        cx.attached::<Vec<u8>>().len()
    }

    pub async fn outlive(&mut self, cx: &Cx, gate: Gate, found: Arc<std::sync::Mutex<Option<bool>>>) {
        gate.pass().await;
        *found.lock().unwrap() = Some(cx.node().attached::<Defaults>().is_some());
    }
}

fn program(greeting: &'static str, tie: &Arc<()>) -> NodeBuilder {
    let tie = Arc::clone(tie);
    let defaults = move |node: &Node| Defaults { greeting, counter: node.get::<Counter>(("a", "b")), _tie: tie };
    Node::builder().serve::<Counter>().serve::<Greeter>().attach(defaults)
}

#[tokio::test]
async fn every_handler_and_hook_has_what_was_attached_to_its_own_node() {
    let tie = Arc::default();
    let (one, other) = (program("hello", &tie).start().await.unwrap(), program("hi", &tie).start().await.unwrap());
    assert_eq!(one.get::<Greeter>("x").greet().await, Ok(("hello, hello".to_owned(), 1)));
    assert_eq!(one.get::<Greeter>("y").greet().await, Ok(("hello, hello".to_owned(), 2)));
    assert_eq!(other.get::<Greeter>("x").greet().await, Ok(("hi, hi".to_owned(), 1)));
    assert_eq!(one.attached::<Defaults>().unwrap().greeting, "hello");
    assert!(one.attached::<String>().is_none());
}

#[tokio::test]
async fn what_is_attached_later_takes_the_place_of_its_type() {
    let tie = Arc::default();
    let node = program("hello", &tie);
    let quiet =
        |node: &Node| Defaults { greeting: "…", counter: node.get::<Counter>(("c", "d")), _tie: Arc::default() };
    let node = node.attach(quiet).start().await.unwrap();
    assert_eq!(node.get::<Greeter>("x").greet().await, Ok(("…, …".to_owned(), 1)));
    assert_eq!(Arc::strong_count(&tie), 1, "what was replaced was not made, and is gone");
}

#[tokio::test]
async fn who_asks_for_what_nobody_attached_panics_with_its_type_and_the_cure() {
    let node = TestNode::start(program("hello", &Arc::default())).await.panics_allowed();
    let CallError::Unknown(Unknown::Panicked { message }) = node.get::<Greeter>("x").farewell().await.unwrap_err()
    else {
        panic!("it has to panic");
    };
    assert_eq!(&*message, "no `alloc::vec::Vec<u8>` is attached to the node: `NodeBuilder::attach` does that");
}

#[tokio::test]
async fn a_node_lets_go_of_what_was_attached_when_it_ends_although_that_refers_to_its_actors() {
    let tie = Arc::default();
    let node = program("hello", &tie).start().await.unwrap();
    node.get::<Greeter>("x").greet().await.unwrap();
    node.shutdown().await.unwrap();
    assert!(node.attached::<Defaults>().is_none());
    until(|| Arc::strong_count(&tie) == 1).await;
    drop(program("hello", &tie).start().await.unwrap());
    until(|| Arc::strong_count(&tie) == 1).await;
    drop(program("hello", &tie));
    assert_eq!(Arc::strong_count(&tie), 1, "nor does a builder that was never started keep anything");
}

#[tokio::test]
async fn a_handler_that_outlives_its_node_finds_nothing_attached() {
    let (gate, found) = (Gate::closed(), Arc::default());
    let node = program("hello", &Arc::default()).start().await.unwrap();
    node.get::<Greeter>("x").outlive(gate.clone(), Arc::clone(&found)).push().await.unwrap();
    gate.reached(1).await;
    drop(node);
    gate.open();
    until(|| *found.lock().unwrap() == Some(false)).await;
}
