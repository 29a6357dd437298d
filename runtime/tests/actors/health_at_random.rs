//! Handlers that are late, ended and woken at the same moments: whatever happens, every call ends and nobody is lost.

use std::num::NonZeroUsize;
use std::time::Duration;

use consort::prelude::*;
use consort::{CallError, Rules};
use consort_testkit::until_async;

/// Sleeps about as long as it takes to be given up.
#[derive(Default)]
struct Sleeper;

#[service(name = "sleeper", key = "/sleeper/{id: u64}", local)]
impl Sleeper {
    pub async fn doze(&mut self, micros: u64) {
        tokio::time::sleep(Duration::from_micros(micros)).await;
    }

    pub async fn doze_beside(&mut self, other: SleeperRef, micros: u64) {
        let _ = other.doze(micros).await;
    }
}

fn strict(rules: &mut Rules) {
    rules.progress = Some(Duration::from_millis(1));
    rules.restart.intensity.restarts = u32::MAX;
    rules.health.suspect_for = Duration::ZERO;
    rules.health.quarantine_first = Duration::from_millis(1);
    rules.health.quarantine_max = Duration::from_millis(1);
    rules.health.patients_max = NonZeroUsize::new(8).unwrap();
    rules.restart.backoff.first = Duration::from_millis(1);
    rules.restart.backoff.max = Duration::from_millis(1);
}

/// A cheap generator: the same seed takes the same course, as far as the clock lets it.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_is_given_up_at_whatever_moment_every_call_ends_and_every_actor_answers() {
    let node = Node::builder().serve::<Sleeper>().rules::<Sleeper>(strict).start().await.unwrap();
    let callers = (0..32_u64).map(|caller| {
        let node = node.clone();
        tokio::spawn(async move {
            let (mut state, mut hung) = (caller, 0);
            for _ in 0..60 {
                let (actor, other) = (node.get::<Sleeper>(next(&mut state) % 12), next(&mut state) % 12 + 12);
                let micros = next(&mut state) % 45_000;
                let outcome = match next(&mut state) % 3 {
                    0 => actor.doze_beside(node.get::<Sleeper>(other), micros).await,
                    1 => actor.doze(micros).timeout(Duration::from_millis(40)).await,
                    _ => actor.doze(micros).await,
                };
                match outcome {
                    Ok(()) | Err(CallError::NotRun(_) | CallError::Unknown(Unknown::TimedOut)) => {}
                    Err(CallError::Unknown(Unknown::Hung { .. })) => hung += 1,
                    Err(error) => panic!("{error}"),
                }
            }
            hung
        })
    });
    let mut hung = 0;
    for caller in callers.collect::<Vec<_>>() {
        hung += caller.await.unwrap();
    }
    assert!(hung > 0, "the test is about those");
    for id in 0..24 {
        let actor = node.get::<Sleeper>(id);
        // a handler whose asker was ended may run on, and be late itself
        until_async(async || actor.ping().await.is_ok()).waiting_for("it to answer").await;
    }
    node.shutdown().await.unwrap();
}
