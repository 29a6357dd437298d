//! Why nobody can say whether a call ran.

use std::time::Duration;

use super::Code;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The call may have run, wholly, in part or not at all. Making it again may do it twice.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
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
    /// The node of the actor, or the connection to it, was lost after the call was handed over.
    #[error("node {node} was lost during the call: {reason} [C0024]")]
    Lost {
        /// The node, as far as it is known: its id or its address.
        node: Box<str>,
        /// What became of it.
        reason: Box<str>,
    },
    /// The handler ran to its end, but what it returned did not come back whole: its type cannot be written down, or the
    /// caller has another version of it.
    #[error("the handler ran, but what it returned cannot be read: {reason} [C0025]")]
    BadReply {
        /// What is wrong with it.
        reason: Box<str>,
    },
    /// A reason that this version does not know, from a newer node.
    // its text ends with its code
    #[error("{text}")]
    Other {
        /// Its code.
        code: Code,
        /// Its text.
        text: Box<str>,
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
            Self::Lost { .. } => Code::LOST,
            Self::BadReply { .. } => Code::BAD_REPLY,
            Self::Other { code, .. } => *code,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Code, Duration, Unknown};

    /// One of each variant, with its text.
    fn all() -> Vec<(Unknown, &'static str)> {
        vec![
            (Unknown::Panicked { message: "boom".into() }, "the handler panicked: boom [C0020]"),
            (Unknown::TimedOut, "the deadline passed; the handler may have run [C0021]"),
            (Unknown::Stopped, "the activation ended during the call [C0022]"),
            (
                Unknown::Hung { after: Duration::from_secs(31) },
                "the handler made no progress for 31s and was ended [C0023]",
            ),
            (
                Unknown::Lost { node: "00000000000000ab".into(), reason: "connection reset".into() },
                "node 00000000000000ab was lost during the call: connection reset [C0024]",
            ),
            (
                Unknown::BadReply { reason: "expected u8".into() },
                "the handler ran, but what it returned cannot be read: expected u8 [C0025]",
            ),
            (Unknown::Other { code: Code::HUNG, text: "new [C0023]".into() }, "new [C0023]"),
        ]
    }

    #[test]
    fn every_reason_says_what_happened_and_ends_with_its_code() {
        for (error, text) in all() {
            assert_eq!(error.to_string(), text);
            assert!(text.ends_with(&format!("[{}]", error.code())));
        }
    }

    #[test]
    fn every_reason_crosses_nodes_and_stays_what_it_is() {
        for (error, _) in all() {
            assert_eq!(Unknown::unpack(error.code(), &error.to_string(), &error.pack()), error);
        }
    }
}
