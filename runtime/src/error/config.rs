//! Why configuration was not changed.

use consort_config::{Mistakes, RollBackError, SetError};
use thiserror::Error;

use super::Code;

/// Configuration was not changed: everything is as it was.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The values are not accepted, or they are too many.
    #[error("{0} [C0046]")]
    Refused(SetError),
    /// Somebody else has changed the configuration meanwhile.
    #[error("{0} [C0047]")]
    Conflict(SetError),
    /// There is no way back to that revision.
    #[error("{0} [C0048]")]
    UnknownRevision(RollBackError),
    /// The store failed, or what others wrote into it is not accepted here.
    #[error("{0} [C0049]")]
    Store(SetError),
}

impl ConfigError {
    /// The number of this error.
    pub const fn code(&self) -> Code {
        match self {
            Self::Refused(_) => Code::CONFIG_REFUSED,
            Self::Conflict(_) => Code::CONFIG_CONFLICT,
            Self::UnknownRevision(_) => Code::UNKNOWN_REVISION,
            Self::Store(_) => Code::CONFIG_STORE,
        }
    }
}

impl From<SetError> for ConfigError {
    fn from(error: SetError) -> Self {
        match error {
            SetError::Mistakes(_) | SetError::TooLarge { .. } | SetError::UnknownService { .. } => Self::Refused(error),
            SetError::Conflict { .. } | SetError::Contended { .. } => Self::Conflict(error),
            // a store, or what a later version of `consort-config` has
            _ => Self::Store(error),
        }
    }
}

impl From<RollBackError> for ConfigError {
    fn from(error: RollBackError) -> Self {
        match error {
            RollBackError::Set(error) => error.into(),
            error => Self::UnknownRevision(error),
        }
    }
}

impl From<Mistakes> for ConfigError {
    fn from(mistakes: Mistakes) -> Self {
        Self::Refused(mistakes.into())
    }
}
