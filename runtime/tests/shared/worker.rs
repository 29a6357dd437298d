//! Handlers that wait for the test.

use std::future::ready;

use consort::prelude::*;
use consort_testkit::Gate;

/// Handlers that wait for the test: each `work` passes the gate.
pub struct Worker {
    pub gate: Gate,
}

#[service(name = "worker", key = "/worker/{id: u64}", local)]
impl Worker {
    pub async fn work(&mut self, n: u64) -> u64 {
        self.gate.pass().await;
        n
    }

    pub async fn done(&self) -> u64 {
        self.gate.passed()
    }

    pub async fn carry(&mut self, load: Vec<u8>) -> usize {
        load.len()
    }
}

/// A node that serves `Worker` behind `gate`.
pub async fn workers(gate: &Gate, builder: NodeBuilder) -> Node {
    let gate = gate.clone();
    let factory = move |_| ready(Ok::<_, Never>(Worker { gate: gate.clone() }));
    builder.serve_with(factory).start().await.expect("the node starts")
}
