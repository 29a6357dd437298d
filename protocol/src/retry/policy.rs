use std::num::NonZeroU32;

use super::{Attempt, Failure, GiveUp, RetryDecision};
use crate::time::{Backoff, Chance, Moment};

/// The rules for trying a failed call again. Holds nothing of any call: the caller counts its attempts.
///
/// ```
/// use consort_protocol::retry::{Attempt, Failure, GiveUp, RetryDecision, RetryPolicy};
/// use consort_protocol::time::{Chance, Moment};
/// use std::num::NonZeroU32;
///
/// let first = Attempt { number: NonZeroU32::MIN, failure: Failure::Unknown, idempotent: false, deadline: None };
/// let decide = |attempt| RetryPolicy::default().decide(attempt, Moment::START, Chance::ZERO);
/// assert_eq!(decide(first), RetryDecision::GiveUp(GiveUp::NotIdempotent));
/// assert!(matches!(decide(Attempt { idempotent: true, ..first }), RetryDecision::Retry { .. }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How many attempts a call has, the first included. Raise it for longer outages; lower it to fail sooner and to
    /// spare a target that is overloaded: each attempt is load.
    pub attempts: NonZeroU32,
    /// How long to wait before each further attempt.
    pub backoff: Backoff,
}

/// 4 attempts with the [default back-off](Backoff): the second at once, the last after 300 ms.
impl Default for RetryPolicy {
    fn default() -> Self {
        RetryPolicy { attempts: const { NonZeroU32::new(4).unwrap() }, backoff: Backoff::default() }
    }
}

impl RetryPolicy {
    /// What follows this failed attempt.
    pub fn decide(&self, attempt: Attempt, now: Moment, chance: Chance) -> RetryDecision {
        match (attempt.failure, attempt.idempotent) {
            (Failure::App, _) => return RetryDecision::GiveUp(GiveUp::Answered),
            (Failure::NotRunForGood, _) => return RetryDecision::GiveUp(GiveUp::Pointless),
            (Failure::Unknown, false) => return RetryDecision::GiveUp(GiveUp::NotIdempotent),
            (Failure::NotRun, _) | (Failure::Unknown, true) => {}
        }
        if attempt.number >= self.attempts {
            return RetryDecision::GiveUp(GiveUp::AttemptsUsedUp(attempt.number));
        }
        let delay = self.backoff.delay(attempt.number.get(), chance);
        match attempt.deadline {
            Some(deadline) if now + delay >= deadline => RetryDecision::GiveUp(GiveUp::DeadlineTooNear(delay)),
            _ => RetryDecision::Retry { delay },
        }
    }
}
