//! Stores that fail, hang, and hold what nobody can read.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use consort::Happened;
use consort::error::Code;
use consort::prelude::*;
use consort::state::{Claimed, Fence, MemoryStateStore, Pending, StateError, StateKey, StateStore};
use consort_testkit::{Gate, TestNode, poll_now, until_async};

use crate::counter::{Counter, node};
use crate::failing::Failing;

const A: StateKey<'_> = StateKey { service: "counter", path: "/counter/a" };

#[tokio::test]
async fn a_save_that_fails_is_told_and_made_again_by_the_next_one() {
    let store = Arc::new(Failing::default());
    let node = node(&store).await;
    let counter = node.get::<Counter>("a");
    assert_eq!(counter.add(3).await, Ok(3));
    store.fail(true);
    let failed = counter.add(4).await.unwrap_err().to_string();
    assert!(
        failed.contains("may not have been saved: the store is not available: nobody is there [C0055]"),
        "{failed}"
    );
    store.fail(false);
    assert_eq!(counter.add(1).await, Ok(8), "the activation goes on");
    assert_eq!(store.claim(A, 0).await.unwrap().state, Some(vec![8].into()));
}

#[tokio::test]
async fn what_a_store_does_not_take_when_an_actor_is_put_away_is_left_to_its_next_activation() {
    let store = Arc::new(Failing::default());
    let node = node(&store).await;
    let counter = node.get::<Counter>("a");
    assert_eq!(counter.add(3).await, Ok(3));
    assert_eq!(counter.remember(4).await, Ok(7));
    store.fail(true);
    counter.stop().await.unwrap();
    let event = node.expect_event(|event| matches!(event.happened, Happened::StateNotSaved { .. })).await;
    assert_eq!((event.service, event.path.as_deref()), ("counter", Some("/counter/a")));
    store.fail(false);
    assert_eq!(counter.add(1).await, Ok(8));
    assert_eq!(store.claim(A, 0).await.unwrap().state, Some(vec![8].into()));
}

#[tokio::test]
async fn a_start_whose_state_cannot_be_claimed_fails_with_the_reason_and_is_tried_again() {
    let store = Arc::new(Failing::default());
    let node = node(&store).await;
    let counter = node.get::<Counter>("a");
    assert_eq!(counter.add(3).await, Ok(3));
    counter.stop().await.unwrap();
    store.fail(true);
    let failed = counter.count().await.unwrap_err();
    assert_eq!(failed.code(), Code::FAILED);
    assert!(
        failed.to_string().contains("was not claimed: the store is not available: nobody is there [C0055]"),
        "{failed}"
    );
    store.fail(false);
    until_async(async || counter.count().await == Ok(3)).await;
}

#[tokio::test]
async fn a_saved_state_that_cannot_be_read_fails_the_start_and_stays_as_it_is() {
    let store = Arc::new(MemoryStateStore::new());
    let fence = store.claim(A, 0).await.unwrap().fence;
    store.save(A, fence, Bytes::from_static(b"\xa3abc")).await.unwrap();
    let node = node(&store).await;
    let failed = node.get::<Counter>("a").count().await.unwrap_err();
    assert_eq!(failed.code(), Code::FAILED);
    assert!(failed.to_string().contains("its saved state is not taken up"), "{failed}");
    assert!(failed.to_string().contains("it is a string"), "{failed}");
    node.shutdown().await;
    assert_eq!(store.claim(A, 0).await.unwrap().state.as_deref(), Some(b"\xa3abc".as_slice()));
}

/// Saves wait for the test.
struct Slow {
    states: MemoryStateStore,
    gate: Gate,
}

impl StateStore for Slow {
    fn claim<'a>(&'a self, key: StateKey<'a>, epoch: u64) -> Pending<'a, Result<Claimed, StateError>> {
        self.states.claim(key, epoch)
    }

    fn save<'a>(&'a self, key: StateKey<'a>, fence: Fence, state: Bytes) -> Pending<'a, Result<(), StateError>> {
        Box::pin(async move {
            self.gate.pass().await;
            self.states.save(key, fence, state).await
        })
    }
}

#[tokio::test]
async fn a_save_that_nobody_waits_for_any_more_is_made_before_the_next_one() {
    let gate = Gate::closed();
    let store = Arc::new(Slow { states: MemoryStateStore::new(), gate: gate.clone() });
    let node = node(&store).await;
    let counter = node.get::<Counter>("a");
    let cut = counter.add(3).timeout(Duration::from_millis(20)).await.unwrap_err();
    assert_eq!(cut.code(), Code::TIMED_OUT);
    gate.reached(1).await;
    let mut next = Box::pin(counter.add(4).into_future());
    assert!(poll_now(&mut next).is_none());
    for _ in 0..20 {
        // whatever can run has its turn
        tokio::task::yield_now().await;
    }
    assert_eq!(gate.arrived(), 1, "the next one waits for it");
    gate.let_through(1);
    gate.reached(2).await;
    assert_eq!(store.states.claim(A, 0).await.unwrap().state, Some(vec![3].into()), "it was not given up");
    gate.open();
    let refused = next.await.unwrap_err().to_string();
    assert!(refused.contains("[C0054]"), "the test has claimed the state meanwhile: {refused}");
}

/// Panics instead of keeping anything.
struct Broken;

impl StateStore for Broken {
    fn claim<'a>(&'a self, _: StateKey<'a>, _: u64) -> Pending<'a, Result<Claimed, StateError>> {
        Box::pin(async { panic!("no claims today") })
    }

    fn save<'a>(&'a self, _: StateKey<'a>, _: Fence, _: Bytes) -> Pending<'a, Result<(), StateError>> {
        Box::pin(async { panic!("no saves today") })
    }
}

#[tokio::test]
async fn a_store_that_panics_fails_the_start_and_nothing_else() {
    let node = TestNode::start(Node::builder().serve::<Counter>().state_store(Broken)).await;
    let failed = node.get::<Counter>("a").count().await.unwrap_err();
    assert!(failed.to_string().contains("no claims today"), "{failed}");
}
