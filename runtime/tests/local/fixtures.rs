//! Services that several subjects use.

use std::future::ready;

use consort::prelude::*;
use consort_testkit::Gate;

#[wire]
#[derive(PartialEq, Eq)]
pub struct Refused {
    pub limit: i64,
}

/// Adds up, to 100 at most.
#[derive(Default)]
pub struct Counter {
    total: i64,
}

#[service(name = "counter", version = "1.0", key = "/tenant/{tenant}/counter/{name}")]
impl Counter {
    /// Adds `by`; refuses to pass 100.
    pub async fn add(&mut self, by: i64) -> Result<i64, Refused> {
        if self.total + by > 100 {
            return Err(Refused { limit: 100 });
        }
        self.total += by;
        Ok(self.total)
    }

    pub async fn total(&self) -> i64 {
        self.total
    }

    pub async fn path(&self, cx: &Cx) -> String {
        cx.path()
    }
}

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
