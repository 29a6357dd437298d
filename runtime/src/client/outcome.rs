//! What a failed call says: of its target, and of another attempt.

use consort_protocol::retry::Failure;

use super::Ended;
use crate::error::{CallError, NotRun};

/// What the outcome of a call says of its target. A handler that refuses has answered.
pub(crate) fn ended<T, E>(outcome: &Result<T, CallError<E>>) -> Ended {
    match outcome {
        Ok(_) | Err(CallError::App(_)) => Ended::Success,
        Err(CallError::NotRun(why)) => ended_by(why),
        Err(CallError::Unknown(_)) => Ended::Failure,
    }
}

/// What a call that did not run says of its target. Full, too slow, broken and overloaded ones count as failing; the
/// rest is the caller's affair, or that of who switched it off.
pub(crate) fn ended_by(why: &NotRun) -> Ended {
    match why {
        NotRun::Full { .. }
        | NotRun::Expired
        | NotRun::Failed { .. }
        | NotRun::Quarantined { .. }
        | NotRun::Overloaded { .. }
        | NotRun::NoQuorum
        | NotRun::Unreachable { .. }
        | NotRun::NoOwner { .. }
        | NotRun::Other { retryable: true, .. } => Ended::Failure,
        NotRun::TooLarge { .. }
        | NotRun::NotServed { .. }
        | NotRun::ShuttingDown
        | NotRun::Stopped
        | NotRun::Cycle { .. }
        | NotRun::WrongActivation(_)
        | NotRun::UnknownMethod(_)
        | NotRun::BadKey(_)
        | NotRun::BadArgument(_)
        | NotRun::Disabled { .. }
        | NotRun::Unavailable { .. }
        | NotRun::VersionUnavailable(_)
        | NotRun::CircuitOpen { .. }
        | NotRun::Parked { .. }
        | NotRun::Contract(_)
        | NotRun::OwnerLacks(_)
        | NotRun::Fenced { .. }
        | NotRun::Other { retryable: false, .. }
        | NotRun::LocalOnly { .. } => Ended::Abandoned,
    }
}

/// What a failed attempt says of the next one.
pub(super) fn failure_of<E>(error: &CallError<E>) -> Failure {
    match error {
        CallError::App(_) => Failure::App,
        CallError::NotRun(why) if why.is_retryable() => Failure::NotRun,
        CallError::NotRun(_) => Failure::NotRunForGood,
        CallError::Unknown(_) => Failure::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Unknown;

    #[test]
    fn only_what_the_target_can_help_counts_against_it() {
        assert_eq!(ended_by(&NotRun::Full { limit: 1 }), Ended::Failure);
        assert_eq!(ended_by(&NotRun::Failed { error: "no database".into() }), Ended::Failure);
        assert_eq!(ended_by(&NotRun::TooLarge { size: 9, limit: 8 }), Ended::Abandoned);
        assert_eq!(ended_by(&NotRun::ShuttingDown), Ended::Abandoned);
    }

    #[test]
    fn what_time_cures_may_be_tried_again() {
        let failure = |error: CallError<()>| failure_of(&error);
        assert_eq!(failure(NotRun::Expired.into()), Failure::NotRun);
        assert_eq!(failure(NotRun::Stopped.into()), Failure::NotRunForGood);
        assert_eq!(failure(Unknown::TimedOut.into()), Failure::Unknown);
        assert_eq!(failure(CallError::App(())), Failure::App);
    }
}
