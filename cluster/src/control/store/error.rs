//! What goes wrong in a control plane, an error to each operation.

use consort_runtime::error::Code;

use super::{LimitError, Revision};

/// A transaction was not made, or it is not known whether it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// Something that was expected of a key is not true: somebody else was faster. Nothing was changed.
    #[error("{key:?} is not as expected: {} [C0071]", match .current { Some(at) => format!("it is of {at}"), None => "it does not exist".to_owned() })]
    Conflict {
        /// The first such key.
        key: Box<str>,
        /// Of what it holds now; `None` if there is no such key.
        current: Option<Revision>,
    },
    /// The lease that was to keep the key has ended, or never was. Nothing was changed.
    #[error("the lease has ended [C0073]")]
    LeaseGone,
    /// No majority of the voters answered in time.
    #[error("the control plane has no quorum{} [C0070]", if *.unknown { "; the change may still be made" } else { "" })]
    NoQuorum {
        /// Whether the change may have been made, or may still be when the quorum is back: read before you decide. If
        /// not, nothing was changed and nothing will be.
        unknown: bool,
    },
    /// Too large, or no key. Nothing was changed.
    #[error("{0} [C0072]")]
    Limit(#[from] LimitError),
    /// The store is closed, or its disk failed; whether the change was made is not known.
    #[error("the control plane of this node has stopped: {reason} [C0077]")]
    Stopped {
        /// Why.
        reason: String,
    },
}

/// Nothing could be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// No majority of the voters answered in time. A [local](super::Read::Local) read needs none.
    #[error("the control plane has no quorum [C0070]")]
    NoQuorum,
    /// No key, or no prefix.
    #[error("{0} [C0072]")]
    Limit(#[from] LimitError),
    /// The store is closed, or its disk failed.
    #[error("the control plane of this node has stopped: {reason} [C0077]")]
    Stopped {
        /// Why.
        reason: String,
    },
}

/// A lease was not granted, renewed or revoked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LeaseError {
    /// It has ended, or never was.
    #[error("the lease has ended [C0073]")]
    Gone,
    /// No majority of the voters answered in time. Whether the lease was granted, renewed or revoked is not known; one
    /// that was granted and that nobody renews ends by itself.
    #[error("the control plane has no quorum [C0070]")]
    NoQuorum,
    /// Too short, too long or too many.
    #[error("{0} [C0072]")]
    Limit(#[from] LimitError),
    /// The store is closed, or its disk failed.
    #[error("the control plane of this node has stopped: {reason} [C0077]")]
    Stopped {
        /// Why.
        reason: String,
    },
}

/// A watch has ended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WatchError {
    /// Changes that come next are no longer known: the watch was too far behind. Read the range again, and watch from
    /// the revision of what was read. [`Follow`](super::Follow) does.
    #[error("changes up to {now} are no longer all known; read again")]
    Compacted {
        /// The newest revision of whoever says so.
        now: Revision,
    },
    /// The prefix is none.
    #[error("{0} [C0072]")]
    Limit(#[from] LimitError),
    /// The store is closed, or its disk failed.
    #[error("the control plane of this node has stopped: {reason} [C0077]")]
    Stopped {
        /// Why.
        reason: String,
    },
}

impl WriteError {
    /// The number of the error.
    pub fn code(&self) -> Code {
        match self {
            WriteError::Conflict { .. } => Code::CONTROL_CONFLICT,
            WriteError::LeaseGone => Code::LEASE_GONE,
            WriteError::NoQuorum { .. } => Code::NO_QUORUM,
            WriteError::Limit(_) => Code::CONTROL_LIMIT,
            WriteError::Stopped { .. } => Code::CONTROL_STOPPED,
        }
    }
}

impl ReadError {
    /// The number of the error.
    pub fn code(&self) -> Code {
        match self {
            ReadError::NoQuorum => Code::NO_QUORUM,
            ReadError::Limit(_) => Code::CONTROL_LIMIT,
            ReadError::Stopped { .. } => Code::CONTROL_STOPPED,
        }
    }
}

impl LeaseError {
    /// The number of the error.
    pub fn code(&self) -> Code {
        match self {
            LeaseError::Gone => Code::LEASE_GONE,
            LeaseError::NoQuorum => Code::NO_QUORUM,
            LeaseError::Limit(_) => Code::CONTROL_LIMIT,
            LeaseError::Stopped { .. } => Code::CONTROL_STOPPED,
        }
    }
}
