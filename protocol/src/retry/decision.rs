use std::num::NonZeroU32;
use std::time::Duration;

/// What follows a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryDecision {
    /// Try again.
    Retry {
        /// From now.
        delay: Duration,
    },
    /// Hand the failure to the caller.
    GiveUp(GiveUp),
}

/// Why a call is not tried again. Completes "not tried again: …".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GiveUp {
    /// The handler ran and refused.
    #[error("the handler answered")]
    Answered,
    /// No attempt will ever run.
    #[error("no further attempt can succeed")]
    Pointless,
    /// It may have run, and running it twice may do harm.
    #[error("it may have run; give the call an idempotency id if it may run again")]
    NotIdempotent,
    /// All attempts are used up.
    #[error("{0} attempts were made")]
    AttemptsUsedUp(NonZeroU32),
    /// The next attempt would begin after the call's deadline.
    #[error("the next attempt would begin in {0:?}, after the deadline")]
    DeadlineTooNear(Duration),
    /// The callers of its target have made as many retries as they may together.
    #[error("its target's retry budget is used up")]
    OverBudget,
}
