//! The error of a call.

use super::{Code, Never, NotRun, Unknown};
use std::fmt::Debug;
use thiserror::Error;

/// What became of a call that did not return a value. `E` is the error of its method.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CallError<E = Never> {
    /// The handler ran and refused. What it changed before it did is its own affair.
    // `E` need not be an `Error`: a `#[wire]` type has no `Display`, and `?` must work all the same.
    #[error("the service refused: {0:?}")]
    App(E),
    /// The handler did not run; nothing changed.
    #[error(transparent)]
    NotRun(#[from] NotRun),
    /// The handler may have run; what it changed stands.
    #[error(transparent)]
    Unknown(#[from] Unknown),
}

impl<E> CallError<E> {
    /// The number of this error: C0000 if it is the service's own.
    pub const fn code(&self) -> Code {
        match self {
            Self::App(_) => Code::APP,
            Self::NotRun(why) => why.code(),
            Self::Unknown(why) => why.code(),
        }
    }

    /// Whether the same call may be made again and can then succeed: only where it did not run, and
    /// only where time can cure it ([`NotRun::is_retryable`]).
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::NotRun(why) => why.is_retryable(),
            Self::App(_) | Self::Unknown(_) => false,
        }
    }

    /// The same error with the service's own error changed by `change`.
    pub fn map_app<F>(self, change: impl FnOnce(E) -> F) -> CallError<F> {
        match self {
            Self::App(error) => CallError::App(change(error)),
            Self::NotRun(why) => CallError::NotRun(why),
            Self::Unknown(why) => CallError::Unknown(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CallError, Code, Never, NotRun, Unknown};
    use std::error::Error;

    #[derive(Clone, Debug, PartialEq)]
    struct Refused {
        limit: i64,
    }

    fn all() -> [CallError<Refused>; 4] {
        [
            CallError::App(Refused { limit: 100 }),
            NotRun::Expired.into(),
            NotRun::Stopped.into(),
            Unknown::TimedOut.into(),
        ]
    }

    #[test]
    fn a_call_error_reads_like_the_reason_in_it() {
        assert_eq!(
            all().map(|error| error.to_string()),
            [
                "the service refused: Refused { limit: 100 }",
                "the deadline passed before the handler began [C0002]",
                "the actor has ended [C0006]",
                "the deadline passed; the handler may have run [C0021]",
            ]
        );
    }

    #[test]
    fn a_call_error_has_the_code_of_its_reason() {
        assert_eq!(all().map(|error| error.code()), [Code::APP, Code::EXPIRED, Code::ENDED, Code::TIMED_OUT]);
    }

    #[test]
    fn only_what_did_not_run_is_retryable() {
        assert_eq!(all().map(|error| error.is_retryable()), [false, true, false, false]);
    }

    #[test]
    fn the_service_s_error_can_be_changed_and_the_rest_stays() {
        let [app, expired, ..] = all();
        assert_eq!(app.map_app(|refused| refused.limit), CallError::App(100));
        assert_eq!(expired.map_app(|refused| refused.limit), NotRun::Expired.into());
    }

    #[test]
    fn a_question_mark_turns_it_into_any_error() {
        fn call() -> Result<(), CallError<Refused>> {
            Err(NotRun::ShuttingDown)?
        }
        fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
            Ok(call()?)
        }
        let error = main().unwrap_err();
        assert_eq!(error.to_string(), "the node is shutting down [C0005]");
        assert!(error.source().is_none(), "the reason is in the text, so it is not told twice");
    }

    #[test]
    fn a_method_that_cannot_refuse_has_never_in_its_place() {
        let error: CallError = NotRun::Expired.into();
        assert_eq!(error.map_app(|never: Never| match never {}), CallError::<Refused>::NotRun(NotRun::Expired));
    }
}
