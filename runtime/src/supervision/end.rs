//! [`End`]: what a watcher is told.

use std::sync::Arc;

use thiserror::Error;

use super::ExitReason;
use crate::error::Code;

/// The end of an actor's activation, as its watchers are told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// Who ended, as `service/path`.
    pub who: Arc<str>,
    /// Why.
    pub reason: ExitReason,
}

/// Why two actors cannot be linked, or one watch another. Nothing changed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BondError {
    /// An actor always shares its own fate.
    #[error("{who} cannot be bound to itself [C0060]")]
    Itself {
        /// Which actor.
        who: Arc<str>,
    },
    /// One of the two has too many links, or the watcher too many watches.
    #[error("{who} has {max} links or watches already, and no actor may have more [C0061]")]
    TooMany {
        /// Which actor.
        who: Arc<str>,
        /// The limit.
        max: usize,
    },
    /// The two live on different nodes, and other nodes do not find this one of them: it was spawned, its service is
    /// `local`, or every node has its own.
    #[error(
        "{who} is one that other nodes do not find, and the two are not on one node; watch the other one instead [C0062]"
    )]
    Elsewhere {
        /// Which actor of the two.
        who: Arc<str>,
    },
}

impl BondError {
    /// The number of this error.
    pub const fn code(&self) -> Code {
        match self {
            Self::Itself { .. } => Code::BOUND_TO_ITSELF,
            Self::TooMany { .. } => Code::TOO_MANY_BONDS,
            Self::Elsewhere { .. } => Code::BOUND_ELSEWHERE,
        }
    }
}
