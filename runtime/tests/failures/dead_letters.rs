//! Tells that were not worked off, where they are kept, and how they are sent again.

use std::future::ready;
use std::sync::atomic::Ordering;
use std::time::Duration;

use consort::error::Code;
use consort::prelude::*;
use consort::{Happened, LetterError, Rules, RunError};
use consort_testkit::{Gate, poll_now, until};
use serde_json::json;

use crate::ledgers::Office;
use crate::worker::{Worker, workers};

/// Bytes that `{"line":""}` has.
const AROUND: usize = 11;

fn line_of_mib() -> String {
    "x".repeat((1 << 20) - AROUND)
}

#[tokio::test(start_paused = true)]
async fn a_tell_that_is_refused_unrun_is_a_letter_with_all_that_is_known_of_it() {
    let office = Office::open().await;
    let mut events = office.node.events();
    office.let_expire(["first".to_owned()]).await;
    let letter = office.letter(1);
    assert_eq!((letter.service, &*letter.path, letter.method), ("ledger", "/ledger/99", "note"));
    assert_eq!(letter.arguments, Some(json!({"line": "first"})));
    assert_eq!(&*letter.reason, "the deadline passed before the handler began [C0002]");
    assert_eq!((letter.crashes, letter.at, letter.obstacle()), (0, Duration::from_millis(10), None));
    let event = events.try_next().unwrap();
    assert!(matches!(event.happened, Happened::DeadLetter { letter: 1, method: "note", .. }), "{event}");
    assert_eq!(office.letters().list(), office.letters().of("ledger"));
    assert!(office.letters().of("worker").is_empty() && office.letters().len() == 1);
}

#[tokio::test]
async fn mail_of_an_actor_that_cannot_start_can_be_replayed_after_it_was_mended() {
    let office = Office::open().await;
    office.book.closed.store(true, Ordering::SeqCst);
    let ledger = office.ledger(1);
    ledger.tick(7).push().await.unwrap();
    until(|| office.letters().len() == 1).await;
    let letter = office.letter(1);
    assert_eq!(
        (letter.arguments, &*letter.reason),
        (Some(json!({"by": 7})), "the activation could not start: closed [C0007]")
    );

    office.book.closed.store(false, Ordering::SeqCst);
    ledger.start().await.unwrap();
    office.letters().replay(1).await.unwrap();
    office.book.done.expect("7".into()).await;
    assert!(office.letters().is_empty());
    assert_eq!(office.letters().replay(1).await, Err(LetterError::Unknown { number: 1, left: 0 }));
}

#[tokio::test]
async fn a_tell_whose_handler_panicked_is_a_letter_without_arguments() {
    let office = Office::open().await;
    office.book.break_at("a", 1);
    office.ledger(1).note("a".into()).push().await.unwrap();
    office.ledger(1).ping().await.unwrap();
    let letter = office.letter(1);
    assert_eq!((&*letter.reason, letter.crashes), ("the handler panicked: no ink for a [C0020]", 1));
    assert_eq!(letter.arguments, None);
    assert!(letter.obstacle().unwrap().contains("#[redeliver]"));
    assert_eq!(office.letters().replay(1).await.unwrap_err().code(), Code::NOT_REPLAYABLE);
    assert_eq!(office.letters().len(), 1, "it stays");
}

#[tokio::test(start_paused = true)]
async fn a_tell_that_is_cut_short_is_a_letter() {
    let office = Office::open().await;
    office.ledger(1).hold().timeout(Duration::from_millis(5)).push().await.unwrap();
    until(|| office.letters().len() == 1).await;
    assert_eq!(&*office.letter(1).reason, "the deadline passed; the handler may have run [C0021]");
    let letters = office.letters();
    office.ledger(2).hang().push().await.unwrap();
    tokio::task::yield_now().await;
    // nothing wakes the handler: it ends with its node
    drop(office);
    until(|| letters.len() == 2).await;
    assert_eq!(&*letters.get(2).unwrap().reason, "the activation ended during the call [C0022]");
}

#[tokio::test(start_paused = true)]
async fn a_tell_that_hangs_is_a_letter_once_it_is_ended() {
    let late = |rules: &mut Rules| rules.progress = Some(Duration::from_millis(100));
    let office = Office::with(Node::builder().watch_on_tokio(), late).await;
    let ledger = office.held(1).await;
    ledger.note("next".into()).push().await.unwrap();
    until(|| office.letters().len() == 1).await;
    let letter = office.letter(1);
    assert!(letter.method == "hold" && letter.reason.ends_with("[C0023]"), "{letter:?}");
    office.book.done.expect("next".into()).await;
}

#[tokio::test(start_paused = true)]
async fn asks_are_answered_and_no_letters() {
    let office = Office::open().await;
    office.book.break_at("a", 1);
    office.ledger(1).note("a".into()).await.unwrap_err();
    let ledger = office.held(1).await;
    ledger.note("b".into()).timeout(Duration::from_millis(5)).await.unwrap_err();
    let mut left = Box::pin(ledger.tick(1).timeout(Duration::from_millis(5)));
    assert!(poll_now(&mut left).is_none());
    drop(left);
    tokio::time::advance(Duration::from_millis(10)).await;
    office.book.gate.open();
    ledger.ping().await.unwrap();
    assert!(office.letters().is_empty());
}

#[tokio::test(start_paused = true)]
async fn as_many_letters_are_kept_as_the_node_was_told_and_the_oldest_makes_room() {
    let office = Office::with(Node::builder().dead_letters(2), |_| ()).await;
    let letters = office.letters();
    office.let_expire(["a", "b"].map(String::from)).await;
    assert_eq!((letters.len(), letters.lost()), (2, 0));
    office.let_expire(["c".to_owned()]).await;
    assert_eq!((letters.len(), letters.lost()), (2, 1));
    assert_eq!(letters.list().iter().map(|letter| letter.number).collect::<Vec<_>>(), [2, 3]);
    assert!(letters.get(1).is_none());
    assert_eq!(letters.discard(1), Err(LetterError::Unknown { number: 1, left: 2 }));
}

#[tokio::test(start_paused = true)]
async fn a_node_that_keeps_no_letters_counts_them() {
    let office = Office::with(Node::builder().dead_letters(0), |_| ()).await;
    office.let_expire(["a".to_owned()]).await;
    assert_eq!((office.letters().len(), office.letters().lost()), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn all_letters_together_hold_eight_mebibytes_of_arguments() {
    let office = Office::with(Node::builder().mailbox(32, 64 << 20), |_| ()).await;
    office.let_expire((0..8).map(|_| line_of_mib())).await;
    assert_eq!((office.letters().len(), office.letters().lost()), (8, 0));
    office.let_expire([String::new()]).await;
    assert_eq!((office.letters().len(), office.letters().lost()), (8, 1));
}

#[tokio::test(start_paused = true)]
async fn arguments_of_more_than_a_mebibyte_are_not_kept() {
    let office = Office::open().await;
    office.let_expire([line_of_mib(), line_of_mib() + "x"]).await;
    assert_eq!(office.letter(1).arguments, Some(json!({"line": line_of_mib()})));
    assert_eq!(office.letter(2).arguments, None);
    assert!(office.letter(2).obstacle().unwrap().contains("1 MiB"));
}

#[tokio::test(start_paused = true)]
async fn a_letter_of_a_local_service_has_no_arguments_and_cannot_be_replayed() {
    let gate = Gate::closed();
    let node = workers(&gate, Node::builder()).await;
    let worker = node.get::<Worker>(1);
    worker.work(0).push().await.unwrap();
    gate.reached(1).await;
    worker.carry(vec![1]).timeout(Duration::from_millis(5)).push().await.unwrap();
    tokio::time::advance(Duration::from_millis(10)).await;
    gate.open();
    worker.ping().await.unwrap();
    assert_eq!(node.dead_letters().list()[0].arguments, None);
    assert_eq!(
        node.dead_letters().replay(1).await.unwrap_err().to_string(),
        "dead letter 1 cannot be replayed: its service is local, so its arguments were not written down [C0045]"
    );
}

#[tokio::test]
async fn a_letter_to_a_spawned_actor_can_be_read_and_not_replayed() {
    let office = Office::open().await;
    let clerk = office.node.spawn(Clerk(Gate::closed()));
    clerk.fall().push().await.unwrap();
    clerk.file("a".into()).push().await.unwrap();
    until(|| office.letters().len() == 2).await;
    let [fallen, behind] = &office.letters().of("clerk")[..] else { panic!("two letters") };
    assert_eq!((&fallen.arguments, fallen.crashes), (&None, 1));
    assert_eq!((&behind.arguments, &*behind.reason), (&Some(json!({"what": "a"})), "the actor has ended [C0006]"));
    assert!(behind.obstacle().unwrap().contains("spawned"));
    assert!(office.letters().replay(behind.number).await.is_err());
}

/// Spawned, not keyed.
struct Clerk(Gate);

#[service(name = "clerk")]
impl Clerk {
    pub async fn fall(&mut self) {
        panic!("stairs");
    }

    pub async fn file(&mut self, what: String) {
        self.0.pass().await;
        drop(what);
    }
}

#[tokio::test]
async fn what_waits_at_the_drain_deadline_of_a_shutdown_becomes_letters() {
    let office = Office::with(Node::builder().drain_deadline(Duration::from_millis(1)), |_| ()).await;
    let ledger = office.held(1).await;
    ledger.note("a".into()).push().await.unwrap();
    ledger.tick(1).push().await.unwrap();
    let mut asked = Box::pin(ledger.note("b".into()));
    assert!(poll_now(&mut asked).is_none());
    let shut = office.node.shutdown().await;
    assert!(matches!(shut, Err(RunError::DrainDeadline { .. })));
    let reasons: Vec<_> = office.letters().list().iter().map(|letter| letter.reason.to_string()).collect();
    assert_eq!(reasons, ["the node is shutting down [C0005]"; 2]);
    assert_eq!(asked.await, Err(NotRun::ShuttingDown.into()));
    office.book.gate.open();
    until(|| office.book.gate.passed() == 1).await;
    assert_eq!(office.letters().len(), 2, "the one that held them up came to its end");
    assert_eq!(office.letters().replay(1).await, Err(LetterError::NotSent { number: 1, why: NotRun::ShuttingDown }));
    assert_eq!(office.letters().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_letter_goes_away_only_once_its_message_is_in_the_mailbox() {
    let office = Office::with(Node::builder().mailbox(1, 1 << 20), |_| ()).await;
    office.let_expire(["a".to_owned()]).await;
    let ledger = office.held(99).await;
    ledger.note("first".into()).push().await.unwrap();
    let letters = office.letters();
    let mut replay = Box::pin(letters.replay(1));
    assert!(poll_now(&mut replay).is_none(), "the mailbox is full");
    assert_eq!(letters.len(), 1);
    let second = letters.replay(1).await.unwrap_err();
    assert_eq!(second, LetterError::NotReplayable { number: 1, why: "it is being replayed" });
    drop(replay);
    let mut replay = Box::pin(letters.replay(1));
    assert!(poll_now(&mut replay).is_none(), "a dropped one leaves it as it was");
    office.book.gate.open();
    replay.await.unwrap();
    ledger.ping().await.unwrap();
    assert_eq!(office.book.done.take(), ["first", "a"]);
    assert!(letters.is_empty());
}

#[tokio::test(start_paused = true)]
async fn all_letters_of_a_service_are_replayed_in_order_and_the_others_stay() {
    let office = Office::open().await;
    office.let_expire(["a", "b"].map(String::from)).await;
    office.book.break_at("c", 1);
    office.ledger(99).note("c".into()).push().await.unwrap();
    office.ledger(99).ping().await.unwrap();
    office.book.begun.take();
    let replayed = office.letters().replay_all("ledger").await;
    assert_eq!((replayed.sent, replayed.kept.len()), (2, 1));
    office.ledger(99).ping().await.unwrap();
    assert_eq!(office.book.begun.take(), ["a", "b"]);
    assert_eq!(office.letters().len(), 1);
    office.letters().discard(3).unwrap();
    assert_eq!(office.letters().replay_all("ledger").await, consort::Replayed::default());
}

#[tokio::test(start_paused = true)]
async fn a_letter_of_what_is_not_json_says_so() {
    let node = Node::builder().serve_with(|_| ready(Err::<Atlas, _>("no map"))).start().await.unwrap();
    node.get::<Atlas>(1).draw([((1, 2), 3)].into()).push().await.unwrap();
    until(|| node.dead_letters().len() == 1).await;
    let letter = node.dead_letters().get(1).unwrap();
    assert_eq!((letter.arguments.as_ref(), letter.obstacle()), (None, Some("its arguments cannot be written as JSON")));
}

struct Atlas;

#[service(name = "atlas", key = "/atlas/{id: u32}")]
impl Atlas {
    pub async fn draw(&mut self, heights: std::collections::BTreeMap<(u32, u32), i32>) {
        drop(heights);
    }
}
