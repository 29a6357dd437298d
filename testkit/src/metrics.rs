//! [`Metrics`]: what the recorder of the `metrics` crate got.

use std::collections::BTreeMap;
use std::fmt::{self, Debug};
use std::panic::Location;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, LocalRecorderGuard, Metadata, Recorder,
    SharedString, Unit,
};

use crate::until::until;

/// Captures what is recorded through the `metrics` crate on this thread, from [`capture`](Metrics::capture) until it is
/// dropped: counters, gauges and histograms of the program's own, and those of its nodes.
///
/// Tests that use it run on one thread: `#[tokio::test]` does, unless told otherwise. A node hands its figures over once
/// a second, if its [telemetry](consort_runtime::telemetry::Telemetry) is on; with paused time the wait for them takes no
/// time.
///
/// ```
/// # extern crate consort_runtime as consort;
/// # use consort::prelude::*;
/// # use consort::telemetry::Telemetry;
/// use consort_testkit::{Metrics, TestNode};
///
/// # #[derive(Default)]
/// # pub struct Counter { total: i64 }
/// #
/// # #[service(key = "/counter/{name}")]
/// # impl Counter {
/// #     pub async fn add(&mut self, by: i64) -> i64 { self.total += by; self.total }
/// # }
/// #
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() {
/// let metrics = Metrics::capture();
/// let node = TestNode::start(Node::builder().serve::<Counter>().telemetry(Telemetry::on())).await;
/// node.get::<Counter>("orders").add(3).await.unwrap();
/// metrics.expect("consort_calls_total", &[("method", "add"), ("outcome", "ok")], 1.0).await;
/// # }
/// ```
pub struct Metrics {
    series: AllSeries,
    _guard: LocalRecorderGuard<'static>,
}

type AllSeries = Arc<Mutex<BTreeMap<Key, Figures>>>;

/// What stands in one series.
#[derive(Clone, Copy, Default)]
struct Figures {
    /// The sum of a counter, the last value of a gauge, the number of a histogram's values.
    value: f64,
    /// Of a histogram.
    largest: f64,
}

impl Metrics {
    /// Captures from now on.
    #[must_use = "captures until it is dropped"]
    pub fn capture() -> Self {
        let series = AllSeries::default();
        // A recorder is borrowed by its guard, which stands beside it here: the few bytes of it stay for good.
        let recorder: &'static Capture = Box::leak(Box::new(Capture(series.clone())));
        Metrics { series, _guard: metrics::set_default_local_recorder(recorder) }
    }

    /// The sum over all series of this name that have these labels, others beside them or not: of counters and of
    /// gauges, and of the number of values in histograms. `None` if there is no such series.
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        self.find(name, labels).map(|figures| figures.value).reduce(|sum, value| sum + value)
    }

    /// The largest value in the histograms of this name that have these labels.
    pub fn largest(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        self.find(name, labels).map(|figures| figures.largest).reduce(f64::max)
    }

    /// Waits until [`value`](Metrics::value) is this one.
    ///
    /// # Panics
    /// When that does not happen within 10 seconds.
    ///
    /// # Cancel safety
    /// Cancel safe: it only looks.
    #[track_caller]
    pub fn expect(&self, name: &str, labels: &[(&str, &str)], wanted: f64) -> impl Future<Output = ()> {
        let place = Location::caller();
        async move {
            let looks = until(|| self.value(name, labels) == Some(wanted));
            looks.waiting_for(format!("{name} {labels:?} to be {wanted}")).at(place).await;
        }
    }

    fn find(&self, name: &str, labels: &[(&str, &str)]) -> impl Iterator<Item = Figures> {
        let series = locked(&self.series);
        let has = |key: &Key, (label, value): &(&str, &str)| {
            key.labels().any(|found| found.key() == *label && found.value() == *value)
        };
        let fits = |key: &Key| key.name() == name && labels.iter().all(|label| has(key, label));
        let found: Vec<Figures> = series.iter().filter(|(key, _)| fits(key)).map(|(_, figures)| *figures).collect();
        found.into_iter()
    }
}

impl Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let series = locked(&self.series).clone();
        f.debug_map().entries(series.iter().map(|(key, figures)| (key.to_string(), figures.value))).finish()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // whoever panicked with the lock held did not leave half a figure
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Capture(AllSeries);

/// One series of it.
struct Series {
    key: Key,
    all: AllSeries,
}

impl Series {
    fn change(&self, change: impl FnOnce(&mut Figures)) {
        change(locked(&self.all).entry(self.key.clone()).or_default());
    }
}

impl CounterFn for Series {
    fn increment(&self, by: u64) {
        self.change(|figures| figures.value += by as f64);
    }

    fn absolute(&self, value: u64) {
        self.change(|figures| figures.value = figures.value.max(value as f64));
    }
}

impl GaugeFn for Series {
    fn increment(&self, by: f64) {
        self.change(|figures| figures.value += by);
    }

    fn decrement(&self, by: f64) {
        self.change(|figures| figures.value -= by);
    }

    fn set(&self, value: f64) {
        self.change(|figures| figures.value = value);
    }
}

impl HistogramFn for Series {
    fn record(&self, value: f64) {
        self.change(|figures| {
            figures.value += 1.0;
            figures.largest = figures.largest.max(value);
        });
    }
}

impl Capture {
    fn series(&self, key: &Key) -> Arc<Series> {
        Arc::new(Series { key: key.clone(), all: self.0.clone() })
    }
}

impl Recorder for Capture {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.series(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.series(key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.series(key))
    }
}
