use std::time::Duration;

use consort::prelude::*;
use consort::{CallError, NotRun, Unknown};
use consort_testkit::Gate;

use crate::worker::{Worker, workers};

const SOON: Duration = Duration::from_millis(20);

#[tokio::test(start_paused = true)]
async fn a_queued_call_past_its_deadline_is_not_run() {
    let gate = Gate::closed();
    let node = workers(&gate, Node::builder()).await;
    let worker = node.get::<Worker>(1);
    let (first, second) = (worker.clone(), worker.clone());
    let first = tokio::spawn(async move { first.work(1).await });
    gate.reached(1).await;
    let second = second.work(2).timeout(SOON).await;
    assert_eq!(second, Err(CallError::NotRun(NotRun::Expired)));
    gate.open();
    assert_eq!(first.await.unwrap(), Ok(1));
    assert_eq!(worker.done().await, Ok(1));
    assert_eq!(node.stats()[0].expired, 1);
}

#[tokio::test(start_paused = true)]
async fn a_running_handler_ends_at_its_deadline_with_an_unknown_outcome() {
    let gate = Gate::closed();
    let node = workers(&gate, Node::builder()).await;
    let worker = node.get::<Worker>(1);
    assert_eq!(worker.work(1).timeout(SOON).await, Err(CallError::Unknown(Unknown::TimedOut)));
    // the handler is gone: the next call is not stuck behind it
    gate.open();
    assert_eq!(worker.work(2).await, Ok(2));
    assert_eq!(worker.done().await, Ok(1));
}

#[tokio::test]
async fn a_deadline_that_has_passed_runs_nothing() {
    let gate = Gate::opened();
    let node = workers(&gate, Node::builder()).await;
    let worker = node.get::<Worker>(1);
    assert_eq!(worker.work(1).timeout(Duration::ZERO).await, Err(CallError::NotRun(NotRun::Expired)));
    assert_eq!(worker.done().await, Ok(0));
}

#[derive(Default)]
pub struct Outer;

#[service(name = "outer", key = "/outer/{n: u32}")]
impl Outer {
    pub async fn left(&self, cx: &Cx, depth: u32) -> Option<u64> {
        if depth == 0 {
            return cx.deadline().map(|at| (at - tokio::time::Instant::now().into_std()).as_millis() as u64);
        }
        let next = cx.node().get::<Outer>(depth - 1);
        let asked: std::pin::Pin<Box<dyn Future<Output = _> + Send + '_>> =
            Box::pin(async { next.left(depth - 1).timeout(Duration::from_secs(3600)).await });
        asked.await.expect("the inner call runs")
    }
}

#[tokio::test(start_paused = true)]
async fn nested_calls_inherit_the_deadline() {
    let node = Node::builder().serve::<Outer>().start().await.unwrap();
    let outer = node.get::<Outer>(2);
    assert_eq!(outer.left(2).await, Ok(Some(3_600_000)));
    assert_eq!(outer.left(2).timeout(Duration::from_secs(5)).await, Ok(Some(5_000)));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_for_room_ends_at_its_deadline() {
    let gate = Gate::closed();
    let node = workers(&gate, Node::builder().mailbox(1, 1 << 20)).await;
    let worker = node.get::<Worker>(1);
    worker.work(0).push().await.unwrap();
    gate.reached(1).await;
    worker.work(1).push().await.unwrap();
    assert_eq!(worker.work(2).timeout(SOON).await, Err(CallError::NotRun(NotRun::Expired)));
    assert_eq!(worker.work(3).timeout(SOON).push().await, Err(NotRun::Expired));
    assert_eq!(node.stats()[0].expired, 2);
    gate.open();
    assert_eq!(worker.done().await, Ok(2));
}
