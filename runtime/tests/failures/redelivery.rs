//! Tells of `#[redeliver]` methods whose handlers crash.

use std::sync::Arc;
use std::time::Duration;

use consort::prelude::*;
use consort_testkit::{Gate, Probe, until};
use serde_json::json;

use crate::ledgers::Office;

#[tokio::test(start_paused = true)]
async fn a_tell_that_crashed_is_run_again_before_all_that_came_after_it() {
    let office = Office::open().await;
    let ledger = office.held(1).await;
    office.book.break_at("first", 2);
    ledger.keep("first".into(), 1).push().await.unwrap();
    ledger.note("second".into()).push().await.unwrap();
    ledger.keep("third".into(), 1).push().await.unwrap();
    office.book.gate.open();
    ledger.ping().await.unwrap();
    assert_eq!(office.book.begun.take(), ["first", "first", "first", "second", "third"]);
    assert_eq!(office.book.done.take(), ["first", "second", "third"]);
    assert!(office.letters().is_empty());
    assert_eq!(office.node.stats()[0].panics, 2);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_crashes_after_it_waited_is_run_again_too() {
    let office = Office::open().await;
    office.book.break_at("late", 1);
    office.ledger(1).keep_late("late".into()).push().await.unwrap();
    office.ledger(1).note("next".into()).push().await.unwrap();
    office.ledger(1).ping().await.unwrap();
    assert_eq!(office.book.begun.take(), ["late", "late", "next"]);
}

#[tokio::test(start_paused = true)]
async fn small_arguments_are_delivered_again_as_well() {
    let office = Office::open().await;
    office.book.break_at("7", 1);
    office.ledger(1).keep_tick(7).push().await.unwrap();
    office.ledger(1).ping().await.unwrap();
    assert_eq!(office.book.done.take(), ["7"]);
}

#[tokio::test(start_paused = true)]
async fn an_ask_is_answered_and_not_run_again() {
    let office = Office::open().await;
    office.book.break_at("a", 1);
    office.ledger(1).keep("a".into(), 1).await.unwrap_err();
    office.ledger(1).ping().await.unwrap();
    assert_eq!(office.book.begun.take(), ["a"]);
    assert!(office.letters().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_full_mailbox_has_room_for_what_is_delivered_again() {
    let office = Office::with(Node::builder().mailbox(1, 1 << 20), |_| ()).await;
    let ledger = office.ledger(1);
    office.book.break_at("a", 1);
    ledger.keep_held("a".into()).push().await.unwrap();
    office.book.gate.reached(1).await;
    ledger.note("b".into()).push().await.unwrap();
    office.book.gate.open();
    ledger.ping().await.unwrap();
    assert_eq!(office.book.begun.take(), ["a", "a", "b"]);
    // and its count is right afterwards: one fits, a second does not
    let ledger = office.ledger(1);
    ledger.hang().push().await.unwrap();
    until(|| ledger.note("c".into()).try_push().is_ok()).await;
    assert_eq!(ledger.note("d".into()).try_push(), Err(NotRun::Full { limit: 1 }));
}

#[tokio::test(start_paused = true)]
async fn a_tell_that_cannot_be_delivered_again_is_a_letter_with_its_arguments() {
    let office = Office::with(Node::builder(), |rules| rules.restart.intensity.restarts = 0).await;
    office.book.break_at("a", 1);
    office.ledger(1).keep("a".into(), 5).push().await.unwrap();
    until(|| office.letters().len() == 1).await;
    let letter = office.letter(1);
    assert_eq!((letter.arguments, letter.crashes), (Some(json!({"line": "a", "of": 5})), 1));
    assert!(letter.reason.ends_with("[C0007]"), "{}", letter.reason);
}

#[tokio::test(start_paused = true)]
async fn a_tell_cut_short_at_its_deadline_is_a_letter_with_its_arguments() {
    let office = Office::open().await;
    let deadline = Duration::from_millis(5);
    office.ledger(1).keep_held("a".into()).timeout(deadline).push().await.unwrap();
    until(|| office.letters().len() == 1).await;
    let letter = office.letter(1);
    assert_eq!((letter.arguments, letter.crashes), (Some(json!({"line": "a"})), 0));
    assert!(letter.reason.ends_with("[C0021]"), "{}", letter.reason);
}

/// Local: what it is told need not be JSON.
struct Porter {
    log: Probe<&'static str>,
    gate: Gate,
}

#[service(name = "porter", key = "/porter/{id: u8}", local)]
impl Porter {
    #[redeliver]
    pub async fn carry(&mut self, load: Arc<Gate>) {
        self.log.note("carry");
        assert!(load.passed() > 0, "too heavy");
    }

    #[redeliver]
    pub async fn hold(&mut self, load: Arc<Gate>) {
        self.log.note("hold");
        self.gate.pass().await;
        drop(load);
    }

    #[stop]
    async fn rest(&mut self) {
        self.log.note("stop");
    }
}

async fn porters() -> (Node, Probe<&'static str>, Gate) {
    let (log, gate) = (Probe::new(), Gate::closed());
    let (notes, waits) = (log.clone(), gate.clone());
    let factory = move |_| std::future::ready(Ok::<_, Never>(Porter { log: notes.clone(), gate: waits.clone() }));
    (Node::builder().serve_with(factory).start().await.unwrap(), log, gate)
}

#[tokio::test(start_paused = true)]
async fn a_local_tell_is_delivered_again_after_the_stop_hook_and_parked_without_its_arguments() {
    let (node, log, _) = porters().await;
    let load = Arc::new(Gate::closed());
    node.get::<Porter>(1).carry(load.clone()).push().await.unwrap();
    until(|| node.dead_letters().len() == 1).await;
    let letter = node.dead_letters().get(1).unwrap();
    assert_eq!((letter.arguments, letter.crashes), (None, 3));
    node.get::<Porter>(1).ping().await.unwrap();
    assert_eq!(log.take(), ["carry", "stop", "carry", "stop", "carry", "stop"]);
    assert_eq!(Arc::strong_count(&load), 1, "no copy is left");
}

#[tokio::test]
async fn the_copy_that_is_kept_goes_with_its_handler() {
    let (node, log, gate) = porters().await;
    let load = Arc::new(Gate::closed());
    node.get::<Porter>(1).hold(load.clone()).push().await.unwrap();
    log.expect("hold").await;
    assert_eq!(Arc::strong_count(&load), 3, "the test's, the handler's, the copy");
    gate.let_through(1);
    until(|| Arc::strong_count(&load) == 1).await;
}

#[tokio::test]
async fn a_spawned_actor_has_no_second_activation_to_deliver_to() {
    let (node, log) = (Node::builder().start().await.unwrap(), Probe::new());
    let porter = node.spawn(Lone { log: log.clone() });
    porter.carry("a".into()).push().await.unwrap();
    until(|| node.dead_letters().len() == 1).await;
    let letter = node.dead_letters().get(1).unwrap();
    assert_eq!((letter.arguments.as_ref(), letter.crashes), (Some(&json!({"load": "a"})), 1));
    assert!(letter.obstacle().unwrap().contains("spawned"));
    assert_eq!(log.take(), ["carry"]);
}

/// Spawned, with arguments that are JSON.
struct Lone {
    log: Probe<&'static str>,
}

#[service(name = "lone")]
impl Lone {
    #[redeliver]
    pub async fn carry(&mut self, load: String) {
        self.log.note("carry");
        panic!("{load} is too heavy");
    }
}
