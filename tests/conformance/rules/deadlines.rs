//! Deadlines, and callers that leave.

use std::time::{Duration, Instant};

use consort::error::Code;
use consort::prelude::*;
use consort_testkit::{poll_now, until_async};

use crate::cast::Relay;
use crate::host::Host;

/// Passes soon.
const SOON: Duration = Duration::from_millis(100);

/// Does not pass while a test runs.
const LATE: Duration = Duration::from_secs(600);

pub async fn a_call_that_is_late_when_it_is_made_does_not_run(host: &Host) {
    let worker = host.worker();
    assert_eq!(worker.add(1).deadline(Instant::now()).await, Err(NotRun::Expired.into()));
    assert_eq!(worker.add(1).timeout(Duration::ZERO).push().await, Err(NotRun::Expired));
    assert_eq!(worker.add(1).timeout(LATE).await, Ok(1));
}

pub async fn a_handler_past_its_deadline_ends_and_its_caller_cannot_know_how_far_it_came(host: &Host) {
    let place = host.far();
    let worker = host.worker_at(&place);
    assert_eq!(worker.wait().timeout(SOON).await, Err(Unknown::TimedOut.into()));
    // nobody opened the gate
    assert_eq!(worker.add(1).await, Ok(1));
    assert_eq!(host.prompter(&place).passed().await, Ok(0));
}

pub async fn what_waits_past_its_deadline_does_not_run(host: &Host) {
    let place = host.far();
    let worker = host.worker_at(&place);
    worker.wait().push().await.unwrap();
    let error = worker.note(1).timeout(SOON).await.unwrap_err();
    // another node may have begun with it, as far as the caller knows
    assert!([Code::EXPIRED, Code::TIMED_OUT].contains(&error.code()), "{error}");
    worker.note(2).timeout(LATE).push().await.unwrap();
    // another node counts from when the call came to it
    tokio::time::sleep(10 * SOON).await;
    host.prompter(&place).open().await.unwrap();
    assert_eq!(worker.notes().await, Ok(vec![2]));
}

pub async fn a_deadline_goes_with_the_calls_that_a_handler_makes(host: &Host) {
    let (relay, worker) = (host.node.get::<Relay>((host.far(), 1)), host.worker_at(&host.near()));
    let limit = LATE.as_millis() as u64;
    let left = relay.left(worker.clone()).timeout(LATE).await.unwrap();
    assert!(left.is_some_and(|left| left > limit / 2 && left <= limit), "{left:?} ms of {limit}");
    assert_eq!(relay.left(worker).await, Ok(None), "there is none but the caller's own");
}

pub async fn a_call_that_was_not_polled_sends_nothing(host: &Host) {
    let worker = host.worker();
    drop(worker.add(1));
    drop(worker.add(1).push());
    assert_eq!(worker.add(1).await, Ok(1));
}

pub async fn a_handler_goes_on_when_its_caller_leaves(host: &Host) {
    let place = host.far();
    let (worker, prompter) = (host.worker_at(&place), host.prompter(&place));
    let mut call = worker.wait();
    assert_eq!(poll_now(&mut call), None);
    until_async(async || prompter.arrived().await == Ok(1)).waiting_for("the handler to begin").await;
    drop(call);
    prompter.open().await.unwrap();
    worker.ping().await.unwrap();
    assert_eq!(prompter.passed().await, Ok(1));
}
