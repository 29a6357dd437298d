use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use consort::prelude::*;
use consort_testkit::{Gate, poll_now};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::worker::{Worker, workers};

/// Counts warnings of this thread, where the whole test runs.
struct Warnings(Arc<AtomicU64>);

impl Subscriber for Warnings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() == tracing::Level::WARN
    }

    fn event(&self, _: &Event<'_>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// An actor that ends, by its panic, before it gets to what waits.
pub struct Ending(Gate);

#[service(name = "ending", local)]
impl Ending {
    pub async fn end(&mut self) {
        self.0.pass().await;
        panic!("the end");
    }

    pub async fn small(&mut self) {}

    pub async fn large(&mut self, load: Vec<u8>) -> usize {
        load.len()
    }
}

#[tokio::test]
async fn every_queued_tell_that_is_dropped_is_logged_and_no_ask_is() {
    let (warnings, gate) = (Arc::<AtomicU64>::default(), Gate::closed());
    let _logs = tracing::subscriber::set_default(Warnings(warnings.clone()));
    let node = Node::builder().start().await.unwrap();
    let ending = node.spawn(Ending(gate.clone()));
    ending.end().push().await.unwrap();
    gate.reached(1).await;
    ending.small().push().await.unwrap();
    ending.large(vec![1]).push().await.unwrap();
    let mut left = Box::pin(ending.large(vec![2]));
    assert!(poll_now(&mut left).is_none());
    drop(left);
    gate.open();
    assert!(ending.small().await.is_err());
    assert_eq!(warnings.load(Ordering::SeqCst), 3, "the tell that panicked, and the two behind it");
}

#[tokio::test(start_paused = true)]
async fn a_tell_that_expires_in_the_queue_is_logged() {
    let (warnings, gate) = (Arc::<AtomicU64>::default(), Gate::closed());
    let _logs = tracing::subscriber::set_default(Warnings(warnings.clone()));
    let node = workers(&gate, Node::builder()).await;
    let worker = node.get::<Worker>(1);
    worker.work(0).push().await.unwrap();
    gate.reached(1).await;
    worker.work(1).timeout(Duration::from_millis(5)).push().await.unwrap();
    tokio::time::advance(Duration::from_millis(10)).await;
    gate.open();
    assert_eq!(worker.done().await, Ok(1));
    assert_eq!((warnings.load(Ordering::SeqCst), node.stats()[0].expired), (1, 1));
}
