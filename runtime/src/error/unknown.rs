//! Why nobody can say whether a call ran.

use std::time::Duration;

use super::Code;
use thiserror::Error;

/// The call may have run, wholly, in part or not at all. Making it again may do it twice.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Unknown {
    /// The handler panicked in the middle. What it had changed outside stands; its instance is gone.
    #[error("the handler panicked: {message} [C0020]")]
    Panicked {
        /// The text of the panic.
        message: Box<str>,
    },
    /// The deadline passed after the call was handed over. The handler may have begun, and may have ended.
    #[error("the deadline passed; the handler may have run [C0021]")]
    TimedOut,
    /// The activation ended while the handler ran. What it had changed outside stands.
    #[error("the activation ended during the call [C0022]")]
    Stopped,
    /// The handler waited for something that did not come, past its progress deadline, and was given up with its
    /// activation. What it had changed outside stands.
    #[error("the handler made no progress for {after:.0?} and was ended [C0023]")]
    Hung {
        /// How long it had run.
        after: Duration,
    },
}

impl Unknown {
    /// The number of this error.
    pub const fn code(&self) -> Code {
        match self {
            Self::Panicked { .. } => Code::PANICKED,
            Self::TimedOut => Code::TIMED_OUT,
            Self::Stopped => Code::STOPPED,
            Self::Hung { .. } => Code::HUNG,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, Unknown};

    #[test]
    fn every_reason_says_what_happened_and_ends_with_its_code() {
        for (error, text) in [
            (Unknown::Panicked { message: "boom".into() }, "the handler panicked: boom [C0020]"),
            (Unknown::TimedOut, "the deadline passed; the handler may have run [C0021]"),
            (Unknown::Stopped, "the activation ended during the call [C0022]"),
            (
                Unknown::Hung { after: Duration::from_secs(31) },
                "the handler made no progress for 31s and was ended [C0023]",
            ),
        ] {
            assert_eq!(error.to_string(), text);
            assert!(text.ends_with(&format!("[{}]", error.code())));
        }
    }
}
