//! What the recorder of the `metrics` crate gets.
#![cfg(feature = "metrics")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use consort::prelude::*;
use consort::telemetry::Telemetry;
use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};

use crate::counter::Counter as Orders;

/// Keeps the last value of each gauge, the sum of each counter and the number of each histogram's values.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<BTreeMap<String, f64>>>);

/// One metric of it.
struct Metric {
    name: String,
    values: Captured,
}

impl Captured {
    fn metric(&self, key: &Key) -> Arc<Metric> {
        let labels: Vec<_> = key.labels().map(|label| label.value().to_owned()).collect();
        Arc::new(Metric { name: format!("{} {}", key.name(), labels.join(" ")), values: self.clone() })
    }

    fn value(&self, name: &str) -> Option<f64> {
        self.0.lock().unwrap().get(name).copied()
    }
}

impl Metric {
    fn change(&self, change: impl FnOnce(&mut f64)) {
        change(self.values.0.lock().unwrap().entry(self.name.clone()).or_default());
    }
}

impl CounterFn for Metric {
    fn increment(&self, value: u64) {
        self.change(|sum| *sum += value as f64);
    }

    fn absolute(&self, _: u64) {
        panic!("several nodes may share a recorder");
    }
}

impl GaugeFn for Metric {
    fn increment(&self, value: f64) {
        self.change(|now| *now += value);
    }

    fn decrement(&self, value: f64) {
        self.change(|now| *now -= value);
    }

    fn set(&self, value: f64) {
        self.change(|now| *now = value);
    }
}

impl HistogramFn for Metric {
    fn record(&self, seconds: f64) {
        let is_near = (1.75..2.25).contains(&seconds);
        assert!(is_near || !self.name.contains("slow"), "{seconds}");
        self.change(|count| *count += 1.0);
    }
}

impl Recorder for Captured {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, name: KeyName, unit: Option<Unit>, _: SharedString) {
        assert_eq!((name.as_str(), unit), ("consort_call_seconds", Some(Unit::Seconds)));
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.metric(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.metric(key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.metric(key))
    }
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
    let captured = Captured::default();
    let _installed = metrics::set_default_local_recorder(&captured);
    let node = start().await;
    let orders = node.get::<Orders>(("acme", "orders"));
    for by in [1, 2, 1000] {
        let _ = orders.add(by).await;
    }
    assert_eq!(captured.value("consort_calls_total counter add ok"), None, "no call waits for a recorder");
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(captured.value("consort_calls_total counter add ok"), Some(2.0));
    assert_eq!(captured.value("consort_calls_total counter add app"), Some(1.0));
    assert_eq!(captured.value("consort_activations counter"), Some(1.0));
    orders.add(1).await.unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(captured.value("consort_calls_total counter add ok"), Some(3.0));
}

#[tokio::test(start_paused = true)]
async fn latencies_reach_the_recorder_in_seconds() {
    let captured = Captured::default();
    let _installed = metrics::set_default_local_recorder(&captured);
    let node = start().await;
    let slow = node.get::<Slow>(());
    for _ in 0..3 {
        slow.wait().await.unwrap();
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(captured.value("consort_call_seconds slow wait"), Some(3.0));
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_hands_over_what_is_left_and_nodes_add_up() {
    let captured = Captured::default();
    let _installed = metrics::set_default_local_recorder(&captured);
    for _ in 0..2 {
        let node = start().await;
        node.get::<Orders>(("acme", "orders")).add(1).await.unwrap();
        node.shutdown().await.unwrap();
    }
    assert_eq!(captured.value("consort_calls_total counter add ok"), Some(2.0));
    assert_eq!(captured.value("consort_activations counter"), Some(0.0));
}

#[tokio::test(start_paused = true)]
async fn without_telemetry_the_recorder_gets_nothing() {
    let captured = Captured::default();
    let _installed = metrics::set_default_local_recorder(&captured);
    let node = Node::builder().serve::<Orders>().start().await.unwrap();
    node.get::<Orders>(("acme", "orders")).add(1).await.unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    node.shutdown().await.unwrap();
    assert!(captured.0.lock().unwrap().is_empty());
}
