use consort::prelude::*;
use consort_testkit::{Gate, Probe, TestNode};

use crate::panic_of;

/// Tells a probe what happens to it.
#[derive(Default)]
pub struct Told {
    probe: Probe<&'static str>,
    gate: Option<Gate>,
}

#[service(key = "/told/{id: u32}")]
impl Told {
    pub async fn work(&mut self) {
        if let Some(gate) = &self.gate {
            gate.pass().await;
        }
        self.probe.note("worked");
    }

    pub async fn fail(&mut self) {
        panic!("as told");
    }

    #[stop]
    async fn end(&mut self) {
        self.probe.note("stopped");
    }
}

fn told(probe: &Probe<&'static str>, gate: &Gate) -> NodeBuilder {
    let (probe, gate) = (probe.clone(), gate.clone());
    Node::builder().serve_with(move |_id: u32| {
        let told = Told { probe: probe.clone(), gate: Some(gate.clone()) };
        std::future::ready(Ok::<_, Never>(told))
    })
}

#[tokio::test]
async fn a_shutdown_lets_work_end_and_runs_stop_hooks() {
    let (probe, gate) = (Probe::new(), Gate::closed());
    let node = TestNode::start(told(&probe, &gate)).await;
    node.get::<Told>(1).work().push().await.unwrap();
    gate.reached(1).await;
    probe.expect_none();
    gate.open();
    node.shutdown().await;
    probe.expect("worked").await;
    probe.expect("stopped").await;
    probe.expect_none();
}

#[tokio::test]
async fn nodes_of_two_tests_do_not_meet() {
    let (left, right) = (TestNode::of::<Told>().await, TestNode::of::<Told>().await);
    left.get::<Told>(1).work().await.unwrap();
    assert_eq!((left.stats()[0].started, right.stats()[0].started), (1, 0));
}

#[tokio::test]
async fn a_dropped_node_ends() {
    let node = TestNode::of::<Told>().await;
    let told = node.get::<Told>(1);
    told.work().await.unwrap();
    drop(node);
    assert!(matches!(told.work().await, Err(CallError::NotRun(_))));
}

#[tokio::test]
async fn a_handlers_panic_fails_the_test_unless_it_is_allowed() {
    let message = panic_of(async {
        let node = TestNode::of::<Told>().await;
        let _ = node.get::<Told>(1).fail().await;
    })
    .await;
    assert_eq!(message, "handlers panicked: 1 of `told`");
    let node = TestNode::of::<Told>().await.panics_allowed();
    assert!(node.get::<Told>(1).fail().await.is_err());
    node.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_call_that_never_ends_fails_the_shutdown() {
    let gate = Gate::closed();
    let message = panic_of({
        let gate = gate.clone();
        async move {
            let node = TestNode::start(told(&Probe::new(), &gate)).await;
            node.get::<Told>(1).work().push().await.unwrap();
            gate.reached(1).await;
            node.shutdown().await;
        }
    })
    .await;
    assert!(message.contains("does not end well"), "{message}");
}
