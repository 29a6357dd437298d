use std::num::NonZeroU32;
use std::time::Duration;

use consort_protocol::retry::{Attempt, Failure, GiveUp, RetryDecision, RetryPolicy};
use consort_protocol::time::{Chance, Moment};
use proptest::prelude::*;

use crate::seed;

const FAILURES: [Failure; 4] = [Failure::NotRun, Failure::NotRunForGood, Failure::Unknown, Failure::App];

fn attempt(number: u32, failure: Failure, idempotent: bool) -> Attempt {
    Attempt { number: NonZeroU32::new(number).unwrap(), failure, idempotent, deadline: None }
}

#[test]
fn only_what_did_not_run_or_may_run_twice_is_tried_again() {
    let now = RetryDecision::Retry { delay: Duration::ZERO };
    let table = [
        (Failure::NotRun, false, now),
        (Failure::NotRun, true, now),
        (Failure::NotRunForGood, false, RetryDecision::GiveUp(GiveUp::Pointless)),
        (Failure::NotRunForGood, true, RetryDecision::GiveUp(GiveUp::Pointless)),
        (Failure::Unknown, false, RetryDecision::GiveUp(GiveUp::NotIdempotent)),
        (Failure::Unknown, true, now),
        (Failure::App, false, RetryDecision::GiveUp(GiveUp::Answered)),
        (Failure::App, true, RetryDecision::GiveUp(GiveUp::Answered)),
    ];
    for (failure, idempotent, expected) in table {
        let decision = RetryPolicy::default().decide(attempt(1, failure, idempotent), Moment::START, Chance::ZERO);
        assert_eq!(decision, expected, "{failure:?}, idempotent: {idempotent}");
    }
}

#[test]
fn the_last_attempt_is_the_last() {
    let decide =
        |number| RetryPolicy::default().decide(attempt(number, Failure::NotRun, false), Moment::START, Chance::ZERO);
    assert_eq!(decide(3), RetryDecision::Retry { delay: Duration::from_millis(200) });
    assert_eq!(decide(4), RetryDecision::GiveUp(GiveUp::AttemptsUsedUp(NonZeroU32::new(4).unwrap())));
}

#[test]
fn an_attempt_that_would_begin_at_the_deadline_is_not_made() {
    let now = Moment::after_start(Duration::from_secs(9));
    let decide = |ms| {
        let deadline = Some(now + Duration::from_millis(ms));
        let attempt = Attempt { deadline, ..attempt(2, Failure::NotRun, false) };
        RetryPolicy::default().decide(attempt, now, Chance::ZERO)
    };
    assert_eq!(decide(101), RetryDecision::Retry { delay: Duration::from_millis(100) });
    let text = GiveUp::DeadlineTooNear(Duration::from_millis(100));
    assert_eq!(decide(100), RetryDecision::GiveUp(text));
    assert_eq!(text.to_string(), "the next attempt would begin in 100ms, after the deadline");
}

proptest! {
    #![proptest_config(seed::config())]

    #[test]
    fn a_call_has_at_most_its_attempts_and_all_begin_before_its_deadline(
        attempts in 1_u32..8, deadline in 0_u64..5_000, idempotent: bool,
        failures in prop::collection::vec((0..4_usize, 0_u64..300, any::<u64>()), 20),
    ) {
        let policy = RetryPolicy { attempts: NonZeroU32::new(attempts).unwrap(), ..Default::default() };
        let deadline = Moment::after_start(Duration::from_millis(deadline));
        let (mut now, mut made) = (Moment::START, 1);
        for (failure, lasted, bits) in failures {
            now = now + Duration::from_millis(lasted);
            let attempt = Attempt { deadline: Some(deadline), ..attempt(made, FAILURES[failure], idempotent) };
            match policy.decide(attempt, now, Chance::from_bits(bits)) {
                RetryDecision::GiveUp(_) => break,
                RetryDecision::Retry { delay } => {
                    let safe = FAILURES[failure] == Failure::NotRun || idempotent;
                    prop_assert!(safe && FAILURES[failure] != Failure::App);
                    (now, made) = (now + delay, made + 1);
                    prop_assert!(now < deadline && made <= attempts);
                }
            }
        }
    }
}
