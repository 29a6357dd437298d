//! What was counted, handed to the recorder of the `metrics` crate.
//!
//! A task does so once a second; no call ever waits for a recorder. What it hands over is what came in since it did so
//! last, so several nodes of one process add up in one recorder.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use metrics::{Label, Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use parking_lot::Mutex;
use tokio::time::{MissedTickBehavior, interval};

use super::{Histogram, MethodSnapshot, ServiceSnapshot, TelemetrySnapshot};
use crate::node::Registry;

/// Hands over what is new.
#[derive(Default)]
pub(crate) struct Publisher {
    before: Mutex<Before>,
}

/// What was handed over so far.
#[derive(Default)]
struct Before {
    described: bool,
    counts: HashMap<(&'static str, &'static str, String), u64>,
    latencies: HashMap<(&'static str, &'static str), Histogram>,
}

impl Publisher {
    /// Begins to hand over, until the node is gone.
    pub(crate) fn start(registry: &Arc<Registry>) {
        let telemetry = &registry.common.options.telemetry;
        if telemetry.on {
            registry.common.runtime.spawn(publish(Arc::downgrade(registry), telemetry.period));
        }
    }

    /// Hands over what is new in this snapshot.
    pub(crate) fn publish(&self, snapshot: &TelemetrySnapshot) {
        let mut before = self.before.lock();
        if !std::mem::replace(&mut before.described, true) {
            describe();
        }
        for service in &snapshot.services {
            before.publish(service);
        }
    }
}

async fn publish(registry: Weak<Registry>, period: std::time::Duration) {
    let mut clock = interval(period);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        clock.tick().await;
        let Some(registry) = registry.upgrade() else { return };
        registry.publish();
        if registry.common.has_stopped() {
            return;
        }
    }
}

impl Before {
    fn publish(&mut self, service: &ServiceSnapshot) {
        let stats = &service.stats;
        let labels = [("service", stats.service)];
        gauge!("consort_activations", &labels).set(stats.activations as f64);
        gauge!("consort_actors", &labels).set(stats.actors as f64);
        gauge!("consort_mailbox_waiting", &labels).set(service.mailbox_waiting as f64);
        gauge!("consort_mailbox_fullest", &labels).set(service.mailbox_fullest);
        if let Some(pool) = stats.pool {
            gauge!("consort_pool_members", &labels).set(pool.members);
            gauge!("consort_pool_busy", &labels).set(pool.busy);
            gauge!("consort_pool_waiting", &labels).set(pool.waiting as f64);
        }
        for (name, count) in [
            ("consort_started_total", stats.started),
            ("consort_panics_total", stats.panics),
            ("consort_expired_total", stats.expired),
            ("consort_restarts_total", stats.restarts),
            ("consort_quarantines_total", stats.quarantines),
            ("consort_dead_letters_total", stats.dead_letters),
        ] {
            counter!(name, &labels).increment(self.new_of((stats.service, name, String::new()), count));
        }
        for method in &service.methods {
            self.publish_method(stats.service, method);
        }
    }

    fn publish_method(&mut self, service: &'static str, method: &MethodSnapshot) {
        let labels =
            vec![Label::from_static_parts("service", service), Label::from_static_parts("method", method.method)];
        for (outcome, count) in method.outcomes() {
            let new = self.new_of((service, method.method, outcome.clone()), count);
            let mut labels = labels.clone();
            labels.push(Label::new("outcome", outcome));
            counter!("consort_calls_total", labels).increment(new);
        }
        let seconds = histogram!("consort_call_seconds", labels);
        let before = self.latencies.entry((service, method.method)).or_default();
        for (duration, count) in method.latency.since(before) {
            seconds.record_many(duration, usize::try_from(count).unwrap_or(usize::MAX));
        }
        before.clone_from(&method.latency);
    }

    fn new_of(&mut self, name: (&'static str, &'static str, String), count: u64) -> u64 {
        let before = self.counts.insert(name, count).unwrap_or_default();
        count.saturating_sub(before)
    }
}

fn describe() {
    describe_gauge!("consort_activations", "Live activations");
    describe_gauge!("consort_actors", "Actors the node knows, live or not");
    describe_gauge!("consort_mailbox_waiting", "Messages that wait in all mailboxes");
    describe_gauge!("consort_mailbox_fullest", "Messages that waited in one mailbox at most");
    describe_gauge!("consort_pool_members", "Members of the pool");
    describe_gauge!("consort_pool_busy", "Members that have something to do");
    describe_gauge!("consort_pool_waiting", "Messages that wait for members");
    describe_counter!("consort_started_total", "Activations started");
    describe_counter!("consort_panics_total", "Handlers that panicked");
    describe_counter!("consort_expired_total", "Calls whose deadline passed before they ran");
    describe_counter!("consort_restarts_total", "Activations up again after a crash");
    describe_counter!("consort_quarantines_total", "Activations quarantined");
    describe_counter!("consort_dead_letters_total", "Messages put into the dead letters");
    describe_counter!("consort_calls_total", "Calls that ended, by outcome");
    describe_histogram!("consort_call_seconds", Unit::Seconds, "From a call to its handler's answer");
}
