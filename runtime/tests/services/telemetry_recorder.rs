//! What the recorder of the `metrics` crate gets.
#![cfg(feature = "metrics")]

use std::time::Duration;

use consort::prelude::*;
use consort::telemetry::Telemetry;
use consort_testkit::Metrics;

use crate::counter::Counter as Orders;

/// The calls of `add` that ended like this.
fn adds(metrics: &Metrics, outcome: &str) -> Option<f64> {
    metrics.value("consort_calls_total", &[("service", "counter"), ("method", "add"), ("outcome", outcome)])
}

/// Takes two seconds.
#[derive(Default)]
pub struct Slow;

#[service(name = "slow")]
impl Slow {
    pub async fn wait(&mut self) {
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
}

async fn start() -> Node {
    Node::builder().serve::<Orders>().serve::<Slow>().telemetry(Telemetry::on()).start().await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn once_a_second_the_recorder_gets_what_is_new() {
    let metrics = Metrics::capture();
    let node = start().await;
    let orders = node.get::<Orders>(("acme", "orders"));
    for by in [1, 2, 1000] {
        let _ = orders.add(by).await;
    }
    assert_eq!(adds(&metrics, "ok"), None, "no call waits for a recorder");
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(adds(&metrics, "ok"), Some(2.0));
    assert_eq!(adds(&metrics, "app"), Some(1.0));
    assert_eq!(metrics.value("consort_activations", &[("service", "counter")]), Some(1.0));
    orders.add(1).await.unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(adds(&metrics, "ok"), Some(3.0));
}

#[tokio::test(start_paused = true)]
async fn latencies_reach_the_recorder_in_seconds() {
    let metrics = Metrics::capture();
    let node = start().await;
    let slow = node.get::<Slow>(());
    for _ in 0..3 {
        slow.wait().await.unwrap();
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    let of_slow = [("service", "slow"), ("method", "wait")];
    assert_eq!(metrics.value("consort_call_seconds", &of_slow), Some(3.0));
    let longest = metrics.largest("consort_call_seconds", &of_slow).unwrap();
    assert!((1.75..2.25).contains(&longest), "{longest}");
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_hands_over_what_is_left_and_nodes_add_up() {
    let metrics = Metrics::capture();
    for _ in 0..2 {
        let node = start().await;
        node.get::<Orders>(("acme", "orders")).add(1).await.unwrap();
        node.shutdown().await.unwrap();
    }
    assert_eq!(adds(&metrics, "ok"), Some(2.0));
    assert_eq!(metrics.value("consort_activations", &[("service", "counter")]), Some(0.0));
}

#[tokio::test(start_paused = true)]
async fn without_telemetry_the_recorder_gets_nothing() {
    let metrics = Metrics::capture();
    let node = Node::builder().serve::<Orders>().start().await.unwrap();
    node.get::<Orders>(("acme", "orders")).add(1).await.unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    node.shutdown().await.unwrap();
    assert_eq!(format!("{metrics:?}"), "{}");
}
