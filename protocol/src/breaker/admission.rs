use super::Transition;
use crate::time::Moment;

/// The right to make one call. Report its outcome with it, once.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a probe that is never reported keeps the breaker half-open until its probe time is over"]
pub struct Permit {
    /// The breaker's round at the time, so that what comes back from an earlier one is told from a probe. `None`: there
    /// was nothing known of the target.
    pub(super) round: Option<u64>,
}

/// How a permitted call ended, for the breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The target answered. Also if its handler refused: it is well enough to refuse.
    Success,
    /// It did not answer, not in time, or crashed.
    Failure,
    /// The call was never made, or was given up by its caller: it says nothing of the target.
    Abandoned,
}

/// The answer to a call that asks to be let through.
#[derive(Debug, PartialEq, Eq)]
pub struct Admission {
    /// Whether it may pass.
    pub verdict: Result<Permit, Refused>,
    /// What the question changed.
    pub transition: Option<Transition>,
}

/// The call is not let through. It has not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the circuit is open: its target failed too often; calls are tried again {retry_at}")]
pub struct Refused {
    /// When a call may be let through again, at the earliest.
    pub retry_at: Moment,
}
