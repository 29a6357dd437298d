//! What a state machine is told, [`Command`], and what it says to it, [`Outcome`].

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::control::store::{LeaseError, WriteError};
use crate::control::store::{LeaseId, LimitError, Revision, Transaction};

/// Changes the state. Stands in the log, so variants and fields may be added and never change their meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Command {
    /// Make all changes of the transaction or none.
    Commit(Transaction),
    /// Make a lease of so long.
    Grant(Duration),
    /// End a lease: nobody wants it any more.
    End(LeaseId),
    /// End a lease: it is over, as far as the leader of this term knows. Nothing, if another one leads by now.
    Expire { lease: LeaseId, term: u64 },
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Outcome {
    /// The transaction was made; the revision of the store after it.
    Committed(Revision),
    /// The transaction was not made: the key is of this revision, or does not exist.
    Conflict { key: Box<str>, current: Option<Revision> },
    /// The transaction was not made: it puts a key under a lease that has ended.
    LeaseGone,
    /// The transaction was not made: the store would have so many bytes.
    StoreFull { bytes: u64 },
    /// The lease was made.
    Granted(LeaseId),
    /// The lease was not made: there are too many.
    TooManyLeases,
    /// There is no such lease, now.
    Ended,
    /// What stands in the log beside commands was taken note of.
    Noted,
}

impl Outcome {
    /// What whoever wanted to write is told.
    pub(crate) fn of_commit(self) -> Result<Revision, WriteError> {
        use crate::control::store::Limit;
        match self {
            Outcome::Committed(revision) => Ok(revision),
            Outcome::Conflict { key, current } => Err(WriteError::Conflict { key, current }),
            Outcome::LeaseGone => Err(WriteError::LeaseGone),
            Outcome::StoreFull { bytes } => {
                let got = usize::try_from(bytes).unwrap_or(usize::MAX);
                Err(LimitError::TooMuch { limit: Limit::Store, got }.into())
            }
            other => Err(WriteError::Stopped { reason: unexpected(&other) }),
        }
    }

    /// What whoever wanted a lease is told.
    pub(crate) fn of_grant(self) -> Result<LeaseId, LeaseError> {
        use crate::control::store::Limit;
        match self {
            Outcome::Granted(lease) => Ok(lease),
            Outcome::TooManyLeases => {
                Err(LimitError::TooMuch { limit: Limit::Leases, got: Limit::Leases.most() + 1 }.into())
            }
            other => Err(LeaseError::Stopped { reason: unexpected(&other) }),
        }
    }
}

/// Only another version of Consort can have said so.
fn unexpected(outcome: &Outcome) -> String {
    format!("the answer {outcome:?} belongs to another question")
}
