//! What a failed call says.

use consort_protocol::retry::Failure;

use crate::error::CallError;

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
    use crate::error::{NotRun, Unknown};

    #[test]
    fn what_time_cures_may_be_tried_again() {
        let failure = |error: CallError<()>| failure_of(&error);
        assert_eq!(failure(NotRun::Expired.into()), Failure::NotRun);
        assert_eq!(failure(NotRun::Stopped.into()), Failure::NotRunForGood);
        assert_eq!(failure(Unknown::TimedOut.into()), Failure::Unknown);
        assert_eq!(failure(CallError::App(())), Failure::App);
    }
}
