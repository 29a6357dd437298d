use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use consort::prelude::*;
use consort::{CallError, RunError};
use consort_testkit::{Gate, Probe, until};

use crate::counter::Counter;
use crate::worker::{Worker, workers};

/// Copies that hold something, for the test to see whether they are gone.
pub struct Tied {
    _tie: Arc<()>,
}

#[service(name = "tied", pool = 3, local)]
impl Tied {
    pub async fn touch(&self) {}
}

/// A spawned actor with a background task and a stop hook.
pub struct Keeper {
    log: Probe<&'static str>,
    gate: Gate,
}

#[service(name = "keeper", local)]
impl Keeper {
    pub async fn keep(&mut self, cx: &Cx, tie: Arc<()>) -> bool {
        cx.spawn("keep", async move {
            std::future::pending::<()>().await;
            drop(tie);
        })
    }

    pub async fn work(&mut self) {
        self.gate.pass().await;
        self.log.note("work");
    }

    pub async fn ask_the_node(&mut self, cx: &Cx) {
        self.gate.pass().await;
        let node = cx.node();
        let asked = node.get::<Counter>(("a", "b")).total().await;
        assert_eq!(asked, Err(CallError::NotRun(NotRun::ShuttingDown)));
        let asked = node.call("counter", "/tenant/a/counter/b", "total", serde_json::Value::Null).await;
        assert_eq!(asked, Err(CallError::NotRun(NotRun::ShuttingDown)));
        self.log.note("refused");
    }

    #[stop]
    async fn close(&mut self) {
        self.log.note("stop");
    }
}

fn keeper(node: &Node, gate: &Gate) -> (KeeperRef, Probe<&'static str>) {
    let log = Probe::new();
    (node.spawn(Keeper { log: log.clone(), gate: gate.clone() }), log)
}

/// A node with activations of every sort, none of which anybody refers to; all of it holds the tie.
async fn tied_node(tie: &Arc<()>) -> Node {
    let (pool, worker) = (tie.clone(), tie.clone());
    let node = Node::builder()
        .serve_with(move |()| ready(Ok::<_, Never>(Tied { _tie: pool.clone() })))
        .serve_with(move |_: u64| {
            let _tie = worker.clone();
            ready(Ok::<_, Never>(Worker { gate: Gate::opened() }))
        })
        .start()
        .await
        .unwrap();
    for _ in 0..3 {
        node.get::<Tied>(()).touch().await.unwrap();
    }
    node.get::<Worker>(1).work(1).await.unwrap();
    assert!(node.get::<Counter>(("not", "served")).total().await.is_err());
    let (keeper, _) = keeper(&node, &Gate::opened());
    assert_eq!(keeper.keep(tie.clone()).await, Ok(true));
    assert!(Arc::strong_count(tie) > 6);
    node
}

#[tokio::test]
async fn a_node_leaves_nothing_when_its_last_handle_is_dropped() {
    let tie = Arc::default();
    drop(tied_node(&tie).await);
    until(|| Arc::strong_count(&tie) == 1).await;
}

#[tokio::test]
async fn a_node_leaves_nothing_after_its_shutdown() {
    let tie = Arc::default();
    let node = tied_node(&tie).await;
    node.shutdown().await.unwrap();
    node.get::<Tied>(()).touch().await.unwrap_err();
    node.get::<Worker>(1).work(1).await.unwrap_err();
    drop(node);
    until(|| Arc::strong_count(&tie) == 1).await;
}

#[tokio::test]
async fn a_handler_that_outlives_its_node_finds_one_that_takes_no_calls() {
    let gate = Gate::closed();
    let node = Node::builder().serve::<Counter>().name("gone").start().await.unwrap();
    let (keeper, log) = keeper(&node, &gate);
    keeper.ask_the_node().push().await.unwrap();
    gate.reached(1).await;
    drop(node);
    gate.open();
    log.expect("refused").await;
}

#[tokio::test]
async fn shutdown_drains_spawned_actors_then_stops_them_and_ends_their_tasks() {
    let (gate, tie) = (Gate::closed(), Arc::default());
    let node = Node::builder().start().await.unwrap();
    let (keeper, log) = keeper(&node, &gate);
    assert_eq!(keeper.keep(Arc::clone(&tie)).await, Ok(true));
    keeper.work().push().await.unwrap();
    keeper.work().push().await.unwrap();
    gate.reached(1).await;
    let stopping = node.clone();
    let stopping = tokio::spawn(async move { stopping.shutdown().await });
    let refused = CallError::NotRun(NotRun::ShuttingDown);
    let mut expected = vec!["work", "work"];
    until(|| match keeper.work().try_push() {
        Ok(()) => {
            expected.push("work");
            false
        }
        Err(reason) => reason == NotRun::ShuttingDown,
    })
    .await;
    gate.open();
    stopping.await.unwrap().unwrap();
    expected.push("stop");
    assert_eq!(log.take(), expected, "all that was accepted, then the hook");
    assert_eq!(keeper.status().state, LifeState::Stopped);
    until(|| Arc::strong_count(&tie) == 1).await;
    assert_eq!(keeper.work().await, Err(refused));
    drop((keeper, node));
    log.expect_none();
}

#[tokio::test]
async fn a_spawn_on_an_ended_node_takes_no_calls_and_runs_no_hook() {
    let node = Node::builder().start().await.unwrap();
    node.shutdown().await.unwrap();
    let (keeper, log) = keeper(&node, &Gate::opened());
    assert_eq!(keeper.work().await, Err(CallError::NotRun(NotRun::ShuttingDown)));
    assert_eq!(keeper.work().try_push(), Err(NotRun::ShuttingDown));
    assert_eq!(keeper.start().await, Err(NotRun::ShuttingDown));
    drop(keeper);
    assert_eq!(node.stats().iter().map(|kind| kind.actors + kind.started).sum::<u64>(), 0);
    log.expect_none();
}

#[tokio::test]
async fn spawned_actors_of_one_type_are_counted_together_until_they_end() {
    let node = Node::builder().start().await.unwrap();
    let (one, _) = keeper(&node, &Gate::opened());
    let (two, _) = keeper(&node, &Gate::opened());
    let stats = node.stats();
    assert_eq!((stats.len(), stats[0].service, stats[0].actors, stats[0].activations), (1, "keeper", 2, 2));
    drop((one, two));
    until(|| node.stats()[0].actors == 0).await;
    assert_eq!(node.stats()[0].activations, 0);
}

#[tokio::test]
async fn shutdown_waits_for_the_stop_hook_of_an_actor_whose_last_reference_went() {
    let node = Node::builder().start().await.unwrap();
    let (keeper, log) = keeper(&node, &Gate::opened());
    drop(keeper);
    node.shutdown().await.unwrap();
    assert_eq!(log.take(), ["stop"]);
}

#[tokio::test(start_paused = true)]
async fn an_actor_that_does_not_end_keeps_no_others_hook_from_running() {
    let gate = Gate::closed();
    // by name, the busy service comes before the spawned one
    let node = workers(&gate, Node::builder().drain_deadline(Duration::from_secs(1))).await;
    node.get::<Worker>(1).work(1).push().await.unwrap();
    gate.reached(1).await;
    let logs: Vec<_> = (0..3).map(|_| keeper(&node, &gate)).collect();
    assert!(matches!(node.shutdown().await, Err(RunError::DrainDeadline { .. })));
    assert!(logs.iter().all(|(_, log)| log.take() == ["stop"]));
    gate.open();
    until(|| gate.passed() == 1).await;
}

#[tokio::test]
async fn run_ends_when_another_handle_shuts_the_node_down() {
    let gate = Gate::closed();
    let node = workers(&gate, Node::builder()).await;
    node.get::<Worker>(1).work(1).push().await.unwrap();
    gate.reached(1).await;
    let running = node.clone();
    let running = tokio::spawn(async move { running.run().await });
    let stopping = node.clone();
    let stopping = tokio::spawn(async move { stopping.shutdown().await });
    until(|| node.get::<Worker>(2).done().try_push() == Err(NotRun::ShuttingDown)).await;
    assert!(!running.is_finished(), "it waits for the end of the shutdown");
    gate.open();
    running.await.unwrap().unwrap();
    stopping.await.unwrap().unwrap();
}
