//! Calls that come again under the id they had.

use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use consort::prelude::*;
use consort::resilience::{Backoff, IdempotencyConfig, RetryPolicy};
use consort::{CallError, Rules};
use consort_testkit::{Gate, poll_now, until};
use tokio::time::advance;

/// Pays once for each order; counts how often it is made to.
struct Till {
    paid: u64,
    world: World,
}

/// What a till changes outside of itself.
#[derive(Clone)]
struct World {
    runs: Arc<AtomicU64>,
    panics: Arc<AtomicU64>,
    gate: Gate,
}

impl World {
    fn runs(&self) -> u64 {
        self.runs.load(Ordering::SeqCst)
    }
}

/// A reply that cannot be copied.
struct Receipt(u64);

#[service(name = "till", key = "/till/{id: u32}", local)]
impl Till {
    pub async fn pay(&mut self, amount: u64) -> Result<u64, String> {
        self.world.runs.fetch_add(1, Ordering::SeqCst);
        if amount == 0 {
            return Err("nothing to pay".into());
        }
        self.paid += amount;
        Ok(self.paid)
    }

    pub async fn pay_slowly(&mut self, amount: u64) -> u64 {
        self.world.runs.fetch_add(1, Ordering::SeqCst);
        self.world.gate.pass().await;
        self.paid += amount;
        self.paid
    }

    pub async fn pay_or_panic(&mut self, amount: u64) -> u64 {
        self.world.runs.fetch_add(1, Ordering::SeqCst);
        if self.world.panics.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
            panic!("the drawer jams");
        }
        self.paid += amount;
        self.paid
    }

    pub async fn receipt(&mut self) -> Receipt {
        self.world.runs.fetch_add(1, Ordering::SeqCst);
        Receipt(self.paid)
    }
}

async fn tills(gate: Gate, rules: impl FnOnce(&mut Rules)) -> (Node, World) {
    let world = World { runs: Arc::default(), panics: Arc::default(), gate };
    let made = world.clone();
    let factory = move |_| ready(Ok::<_, Never>(Till { paid: 0, world: made.clone() }));
    let node = Node::builder().serve_with(factory).rules::<Till>(rules).start().await.unwrap();
    (node, world)
}

async fn till() -> (Node, TillRef, World) {
    let (node, world) = tills(Gate::opened(), |_| ()).await;
    let till = node.get::<Till>(1);
    (node, till, world)
}

#[tokio::test]
async fn a_call_that_comes_again_is_answered_the_same_and_runs_once() {
    let (_node, till, world) = till().await;
    for _ in 0..3 {
        assert_eq!(till.pay(5).idempotent(1_u128).await, Ok(5));
        assert_eq!(till.pay(0).idempotent(2_u128).await, Err(CallError::App("nothing to pay".into())));
    }
    assert_eq!(world.runs(), 2);
    assert_eq!(till.pay(5).idempotent(3_u128).await, Ok(10), "another id is another call");
    assert_eq!(till.pay(5).await, Ok(15));
    assert_eq!(till.pay(5).await, Ok(20), "without an id every call runs");
}

#[tokio::test]
async fn an_id_is_one_methods_and_one_actors() {
    let (node, world) = tills(Gate::opened(), |_| ()).await;
    let (first, second) = (node.get::<Till>(1), node.get::<Till>(2));
    assert_eq!(first.pay(5).idempotent(1_u128).await, Ok(5));
    assert_eq!(first.pay_slowly(5).idempotent(1_u128).await, Ok(10));
    assert_eq!(second.pay(5).idempotent(1_u128).await, Ok(5));
    assert_eq!(world.runs(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_comes_while_the_first_runs_waits_for_its_answer() {
    let (node, world) = tills(Gate::closed(), |_| ()).await;
    let till = node.get::<Till>(1);
    let calls = [1_u128, 1, 2, 1].map(|id| {
        let till = till.clone();
        tokio::spawn(async move { till.pay_slowly(5).idempotent(id).await })
    });
    world.gate.reached(1).await;
    world.gate.open();
    let mut answers = Vec::new();
    for call in calls {
        answers.push(call.await.unwrap().unwrap());
    }
    assert_eq!(answers, [5, 5, 10, 5]);
    assert_eq!(world.runs(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_answer_to_a_caller_that_left_is_there_when_it_comes_back() {
    let (node, world) = tills(Gate::closed(), |_| ()).await;
    let till = node.get::<Till>(1);
    let mut call = till.pay_slowly(5).idempotent(1_u128);
    assert_eq!(poll_now(&mut call), None);
    drop(call);
    world.gate.open();
    assert_eq!(till.pay_slowly(5).idempotent(1_u128).await, Ok(5));
    assert_eq!(world.runs(), 1);
}

#[tokio::test]
async fn a_tell_that_comes_again_is_thrown_away() {
    let (_node, till, world) = till().await;
    for _ in 0..3 {
        till.pay(5).idempotent(1_u128).push().await.unwrap();
    }
    assert_eq!(till.ping().await, Ok("pong"));
    assert_eq!(world.runs(), 1);
    assert_eq!(till.pay(5).idempotent(1_u128).await, Ok(5), "an ask is answered as the tell would have been");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_panicked_runs_again() {
    let (node, world) = tills(Gate::opened(), |rules| rules.restart.backoff = Backoff::NONE).await;
    let till = node.get::<Till>(1);
    world.panics.store(2, Ordering::SeqCst);
    let paid = till.pay_or_panic(5).idempotent(1_u128).retry(RetryPolicy::default()).await;
    assert_eq!(paid, Ok(5));
    assert_eq!(world.runs(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_was_cut_off_at_its_deadline_runs_again() {
    let (node, world) = tills(Gate::closed(), |_| ()).await;
    let till = node.get::<Till>(1);
    let cut = till.pay_slowly(5).idempotent(1_u128).timeout(Duration::from_secs(1)).await;
    assert_eq!(cut, Err(Unknown::TimedOut.into()));
    world.gate.open();
    assert_eq!(till.pay_slowly(5).idempotent(1_u128).await, Ok(5));
    assert_eq!(world.runs(), 2);
}

#[tokio::test]
async fn what_is_known_ends_with_the_activation() {
    let (_node, till, world) = till().await;
    till.pay(5).idempotent(1_u128).await.unwrap();
    till.restart().await.unwrap();
    assert_eq!(till.pay(7).idempotent(1_u128).await, Ok(7));
    assert_eq!(world.runs(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_forgotten_after_its_time() {
    let (_node, till, world) = till().await;
    till.pay(5).idempotent(1_u128).await.unwrap();
    advance(Duration::from_secs(600)).await;
    assert_eq!(till.pay(5).idempotent(1_u128).await, Ok(5));
    advance(Duration::from_millis(2)).await;
    assert_eq!(till.pay(5).idempotent(1_u128).await, Ok(10));
    assert_eq!(world.runs(), 2);
}

#[tokio::test]
async fn as_many_answers_are_known_as_the_rules_say_and_not_one_more() {
    let (_node, till, world) = till().await;
    for id in 0..1_024_u128 {
        till.pay(1).idempotent(id).await.unwrap();
    }
    assert_eq!(till.pay(1).idempotent(0_u128).await, Ok(1), "1,024 are known");
    till.pay(1).idempotent(5_000_u128).await.unwrap();
    assert_eq!(world.runs(), 1_025);
    assert_eq!(till.pay(1).idempotent(1_u128).await, Ok(2), "the second is the oldest now");
    assert_eq!(till.pay(1).idempotent(0_u128).await, Ok(1_026), "the first was forgotten");
}

#[tokio::test]
async fn a_window_can_be_switched_off() {
    let off = |rules: &mut Rules| rules.idempotency = IdempotencyConfig { ids: 0, ..Default::default() };
    let (node, world) = tills(Gate::opened(), off).await;
    let till = node.get::<Till>(1);
    till.pay(5).idempotent(1_u128).await.unwrap();
    till.pay(5).idempotent(1_u128).push().await.unwrap();
    until(|| world.runs() == 2).await;
}

#[tokio::test]
async fn a_reply_that_cannot_be_copied_is_not_known() {
    let (_node, till, world) = till().await;
    till.pay(5).await.unwrap();
    let receipts = [till.receipt().idempotent(1_u128).await, till.receipt().idempotent(1_u128).await];
    assert!(receipts.iter().all(|receipt| matches!(receipt, Ok(Receipt(5)))));
    assert_eq!(world.runs(), 3);
}

/// Panics when it is copied for the second time.
struct Brittle(Arc<AtomicU64>);

impl Clone for Brittle {
    fn clone(&self) -> Self {
        assert!(self.0.fetch_add(1, Ordering::SeqCst) == 0, "it breaks");
        Brittle(self.0.clone())
    }
}

#[derive(Default)]
struct Shelf {
    copies: Arc<AtomicU64>,
}

#[service(name = "shelf", local)]
impl Shelf {
    pub async fn take(&mut self) -> Brittle {
        Brittle(self.copies.clone())
    }
}

#[tokio::test]
async fn a_clone_that_panics_stays_inside_the_actor() {
    let node = Node::builder().serve::<Shelf>().start().await.unwrap();
    let shelf = node.get::<Shelf>(());
    assert!(shelf.take().idempotent(1_u128).await.is_ok());
    assert!(matches!(shelf.take().idempotent(1_u128).await, Err(CallError::Unknown(Unknown::Panicked { .. }))));
    assert_eq!(shelf.ping().await, Ok("pong"));
    assert_eq!(node.stats()[0].panics, 0);
}
