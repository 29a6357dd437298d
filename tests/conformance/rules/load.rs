//! Large messages, many of them, and those that come again.

use std::time::Duration;

use consort::prelude::*;
use consort_testkit::until_async;
use tokio::time::timeout;

use crate::cast::{Narrow, Rare, RareRef};
use crate::host::Host;

/// Passes while an actor does not go on.
const SOON: Duration = Duration::from_millis(200);

pub async fn a_payload_larger_than_a_frame_arrives_whole(host: &Host) {
    const SIZE: u32 = 3 << 20;
    let worker = host.worker();
    assert_eq!(worker.count("x".repeat(SIZE as usize)).await, Ok(SIZE.into()));
    let written = worker.write(SIZE).await.unwrap();
    assert!(written.len() == SIZE as usize && written.bytes().all(|letter| letter == b'y'));
}

pub async fn a_sender_that_is_faster_than_its_actor_waits_and_what_was_refused_does_not_run(host: &Host) {
    only_what_is_taken_runs(host, 8_192).await;
}

pub async fn a_sender_of_large_messages_waits_and_what_was_refused_does_not_run(host: &Host) {
    only_what_is_taken_runs(host, 40_960).await;
}

/// Tells messages of this size to an actor that does not go on, until no more are taken.
async fn only_what_is_taken_runs(host: &Host, size: usize) {
    /// More than any buffer on the way holds: 64 MiB.
    const TOO_MUCH: usize = 64 << 20;
    let place = host.far();
    let narrow = host.node.get::<Narrow>(&*place);
    let note = |number| narrow.note(number, "x".repeat(size));
    let mut taken = 0;
    // who waits for room and leaves has sent nothing
    while let Ok(told) = timeout(SOON, note(taken).push()).await {
        assert_eq!(told, Ok(()));
        taken += 1;
        assert!(taken as usize * size < TOO_MUCH, "nobody holds the sender up");
    }
    let late = note(taken).timeout(SOON).push().await;
    host.prompter(&place).open().await.unwrap();
    let mut notes = narrow.notes().await.unwrap();
    match late {
        Err(why) => assert_eq!(why, NotRun::Expired),
        // there was room after all; whether its time was long enough is another matter
        Ok(()) => notes.retain(|number| *number != taken),
    }
    assert_eq!(notes, (0..taken).collect::<Vec<_>>());
}

pub async fn a_service_at_its_limit_refuses_one_more(host: &Host) {
    let place = host.far();
    let rare = |number: u32| host.node.get::<Rare>((&*place, number));
    let inside = [1, 2].map(|number| work(rare(number)));
    let prompter = host.prompter(&place);
    until_async(async || prompter.arrived().await == Ok(2)).waiting_for("two handlers to begin").await;
    let error = rare(3).work().await.unwrap_err();
    assert!(matches!(error, CallError::NotRun(NotRun::Overloaded { .. })), "{error:?}");
    assert!(error.is_retryable());
    prompter.open().await.unwrap();
    for call in inside {
        assert_eq!(call.await.unwrap(), Ok(()));
    }
    assert_eq!(rare(3).work().await, Ok(()));
}

fn work(rare: RareRef) -> tokio::task::JoinHandle<Result<(), CallError>> {
    tokio::spawn(async move { rare.work().await })
}

pub async fn a_call_that_comes_again_under_its_id_runs_once(host: &Host) {
    let worker = host.worker();
    for _ in 0..3 {
        assert_eq!(worker.add(60).idempotent(7_u128).await, Ok(60));
    }
    let refused = worker.add(60).idempotent(8_u128).await;
    assert_eq!(worker.add(60).idempotent(8_u128).await, refused, "an error is an answer, too");
    assert_eq!(worker.add(40).await, Ok(100));
    assert_eq!(worker.id().idempotent(u128::MAX).await, Ok(Some(u128::MAX.to_string())));
}
