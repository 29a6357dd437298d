//! Why a node did not run to a clean end.

use super::Code;
use std::fmt::Write as _;
use std::io;
use std::sync::Arc;
use thiserror::Error;

/// The node is not running any more, or never was, and not everything ended as it should.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RunError {
    /// Activations were still busy when the drain deadline passed. They were dropped in the middle of
    /// their handlers, without their `stop` hook; all others have ended cleanly.
    #[error("the drain deadline passed with activations still busy: {} [C0040]", counted(.left))]
    DrainDeadline {
        /// Each service with the number of its activations that were left.
        left: Vec<(String, u64)>,
    },
    /// The node had been stopped before. This call changed nothing.
    #[error("the node has already been stopped; start a new one [C0041]")]
    AlreadyStopped,
    /// The signal handlers could not be installed. The node still runs; shut it down with `shutdown`.
    #[error("the signal handlers could not be installed: {0} [C0042]")]
    Signals(io::Error),
    /// The root of the supervision tree needed one restart too many and was told to escalate. The node was shut down.
    #[error("the node gave up its services: {0} [C0050]")]
    GaveUp(Arc<str>),
    /// The node was one of several, and did not hand over all that it had within its drain deadline: to others it ended
    /// as if it had been killed. Its own activations have ended cleanly.
    #[error("the node has ended, and others did not get all that it had: {0} [C0051]")]
    LeftBehind(Box<str>),
}

impl RunError {
    /// The number of this error.
    pub const fn code(&self) -> Code {
        match self {
            Self::DrainDeadline { .. } => Code::DRAIN_DEADLINE,
            Self::AlreadyStopped => Code::ALREADY_STOPPED,
            Self::Signals(_) => Code::SIGNALS,
            Self::GaveUp(_) => Code::GAVE_UP,
            Self::LeftBehind(_) => Code::LEFT_BEHIND,
        }
    }
}

fn counted(left: &[(String, u64)]) -> String {
    let mut out = String::new();
    for (service, activations) in left {
        // Writing into a `String` cannot fail, so there is nothing to report.
        let _ = write!(out, "{}{activations} of `{service}`", if out.is_empty() { "" } else { ", " });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::RunError;

    #[test]
    fn every_reason_says_what_happened_and_ends_with_its_code() {
        let left = vec![("counter".to_owned(), 3), ("greet".to_owned(), 1)];
        for (error, text) in [
            (
                RunError::DrainDeadline { left },
                "the drain deadline passed with activations still busy: 3 of `counter`, 1 of `greet` [C0040]",
            ),
            (RunError::AlreadyStopped, "the node has already been stopped; start a new one [C0041]"),
            (RunError::Signals(std::io::Error::other("no")), "the signal handlers could not be installed: no [C0042]"),
            (RunError::GaveUp("no port".into()), "the node gave up its services: no port [C0050]"),
            (
                RunError::LeftBehind("no quorum".into()),
                "the node has ended, and others did not get all that it had: no quorum [C0051]",
            ),
        ] {
            assert_eq!(error.to_string(), text);
            assert!(text.ends_with(&format!("[{}]", error.code())));
        }
    }
}
