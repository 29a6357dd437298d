//! Messages that crash their actor each time.

use std::num::NonZeroU32;

use consort::prelude::*;
use consort::resilience::RetryPolicy;
use consort::{CallError, Happened};
use consort_testkit::until;
use serde_json::json;

use crate::ledgers::{LedgerRef, Office};

/// One call of this line with this id.
async fn note(ledger: &LedgerRef, line: &str, id: u128) -> Result<(), CallError> {
    ledger.note(line.into()).idempotent(id).await
}

fn panicked(outcome: Result<(), CallError>) -> bool {
    matches!(outcome, Err(CallError::Unknown(Unknown::Panicked { .. })))
}

fn parked(letter: u64) -> Result<(), CallError> {
    Err(NotRun::Parked { letter, crashes: 3 }.into())
}

#[tokio::test(start_paused = true)]
async fn a_tell_is_parked_after_exactly_three_crashes_and_the_next_message_runs() {
    let office = Office::open().await;
    let mut events = office.node.events();
    let ledger = office.held(1).await;
    office.book.break_at("poison", u32::MAX);
    ledger.keep("poison".into(), 4).push().await.unwrap();
    ledger.note("next".into()).push().await.unwrap();
    office.book.gate.open();
    ledger.ping().await.unwrap();
    assert_eq!(office.book.begun.take(), ["poison", "poison", "poison", "next"]);
    let letter = office.letter(1);
    assert_eq!((letter.arguments, letter.crashes), (Some(json!({"line": "poison", "of": 4})), 3));
    assert_eq!(&*letter.reason, "the handler panicked: no ink for poison [C0020]");
    let told = std::iter::from_fn(|| events.try_next())
        .filter(|event| matches!(event.happened, Happened::DeadLetter { letter: 1, method: "keep", .. }));
    assert_eq!(told.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_parked_tell_is_run_again_by_a_replay_and_has_three_tries_again() {
    let office = Office::open().await;
    office.book.break_at("poison", 5);
    office.ledger(1).keep("poison".into(), 1).push().await.unwrap();
    until(|| office.letters().len() == 1).await;
    office.letters().replay(1).await.unwrap();
    office.book.done.expect("poison".into()).await;
    assert_eq!(office.book.begun.take().len(), 6);
    assert!(office.letters().is_empty());
}

#[tokio::test(start_paused = true)]
async fn three_crashes_are_not_too_many_for_the_activation() {
    let office = Office::open().await;
    office.book.break_at("poison", u32::MAX);
    office.ledger(1).keep("poison".into(), 1).push().await.unwrap();
    until(|| office.letters().len() == 1).await;
    office.ledger(1).ping().await.unwrap();
    assert_eq!(office.ledger(1).status().state, LifeState::Running);
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_id_crashed_the_actor_three_times_is_refused_until_its_letter_is_discarded() {
    let office = Office::open().await;
    let ledger = office.ledger(1);
    office.book.break_at("poison", 3);
    for _ in 0..3 {
        assert!(panicked(note(&ledger, "poison", 7).await));
    }
    assert_eq!(office.letter(1).crashes, 3);
    assert_eq!(note(&ledger, "poison", 7).await, parked(1));
    assert_eq!(
        ledger.note("poison".into()).idempotent(7u128).push().await,
        Err(NotRun::Parked { letter: 1, crashes: 3 })
    );
    assert_eq!(office.book.begun.take().len(), 3);
    // other ids, other keys, and calls without id
    assert_eq!(note(&ledger, "poison", 8).await, Ok(()));
    assert_eq!(note(&office.ledger(2), "poison", 7).await, Ok(()));
    assert_eq!(ledger.note("poison".into()).await, Ok(()));

    office.letters().discard(1).unwrap();
    assert_eq!(note(&ledger, "poison", 7).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn the_letter_of_a_parked_ask_has_its_arguments_and_frees_its_id_when_it_is_replayed() {
    let office = Office::open().await;
    let ledger = office.ledger(1);
    office.book.break_at("poison", 3);
    for _ in 0..3 {
        assert!(panicked(note(&ledger, "poison", 7).await));
    }
    assert_eq!(office.letter(1).arguments, Some(json!({"line": "poison"})));
    office.letters().replay(1).await.unwrap();
    office.book.done.expect("poison".into()).await;
    assert_eq!(note(&ledger, "poison", 7).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn calls_that_wait_while_their_id_is_parked_are_refused_unrun() {
    let office = Office::open().await;
    office.book.break_at("poison", 3);
    let ledger = office.held(1).await;
    let calls = (0..4).map(|_| {
        let ledger = ledger.clone();
        tokio::spawn(async move { note(&ledger, "poison", 7).await })
    });
    let calls: Vec<_> = calls.collect();
    tokio::task::yield_now().await;
    office.book.gate.open();
    let mut outcomes = Vec::new();
    for call in calls {
        outcomes.push(call.await.unwrap());
    }
    assert_eq!(outcomes.iter().filter(|outcome| panicked((*outcome).clone())).count(), 3);
    assert_eq!(outcomes.last(), Some(&parked(1)));
    assert_eq!(office.book.begun.take().len(), 3);
    assert_eq!(office.letter(1).arguments, Some(json!({"line": "poison"})));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_made_again_stops_when_its_id_is_parked() {
    let office = Office::open().await;
    office.book.break_at("poison", u32::MAX);
    let ledger = office.ledger(1);
    let call = ledger.note("poison".into()).idempotent(7u128).retry(RetryPolicy::default());
    assert_eq!(call.await, parked(1));
    assert_eq!(office.book.begun.take().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_rules_of_a_service_say_how_many_crashes_are_too_many() {
    let office = Office::with(Node::builder(), |rules| rules.poison.crashes = NonZeroU32::MIN).await;
    office.book.break_at("poison", 1);
    office.ledger(1).keep("poison".into(), 1).push().await.unwrap();
    office.ledger(1).ping().await.unwrap();
    assert_eq!((office.letter(1).crashes, office.book.begun.take().len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_success_acquits_an_id() {
    let office = Office::open().await;
    let ledger = office.ledger(1);
    for _ in 0..2 {
        office.book.break_at("shaky", 2);
        assert!(panicked(note(&ledger, "shaky", 7).await));
        assert!(panicked(note(&ledger, "shaky", 7).await));
        assert_eq!(note(&ledger, "shaky", 7).await, Ok(()));
        // the next activation does not know that answer
        ledger.restart().await.unwrap();
    }
    assert!(office.letters().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_tell_with_an_id_is_a_letter_each_time_and_parked_the_third_time() {
    let office = Office::open().await;
    let ledger = office.ledger(1);
    office.book.break_at("poison", 3);
    for crash in 1..=3 {
        ledger.note("poison".into()).idempotent(7u128).push().await.unwrap();
        ledger.ping().await.unwrap();
        assert_eq!(office.letter(crash).crashes, crash as u32);
    }
    assert_eq!(office.letter(1).arguments, None, "it was the first: nothing was kept");
    assert_eq!(office.letter(2).arguments, Some(json!({"line": "poison"})));
    assert_eq!(note(&ledger, "poison", 7).await, parked(3));
}

#[tokio::test(start_paused = true)]
async fn an_id_whose_letter_had_to_make_room_is_forgotten() {
    let office = Office::with(Node::builder().dead_letters(1), |_| ()).await;
    let ledger = office.ledger(1);
    office.book.break_at("poison", 3);
    for _ in 0..3 {
        assert!(panicked(note(&ledger, "poison", 7).await));
    }
    assert_eq!(note(&ledger, "poison", 7).await, parked(1));
    office.book.break_at("other", 1);
    ledger.note("other".into()).push().await.unwrap();
    ledger.ping().await.unwrap();
    assert_eq!(office.letters().lost(), 1);
    assert_eq!(note(&ledger, "poison", 7).await, Ok(()));
}
