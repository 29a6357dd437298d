//! How large keys, values and transactions may be: [`Limit`]. The same in every backend, so that a program that works
//! with one works with all.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use super::{Action, Snapshot, Transaction};

/// What is limited, and to how much. The reasons stand in `docs/limits.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Limit {
    /// Bytes of a key, or of a prefix.
    Key,
    /// Bytes of a value.
    Value,
    /// Steps of a transaction.
    Steps,
    /// Bytes of all keys and values of a transaction.
    Transaction,
    /// Bytes of all keys and values that a range returns.
    Range,
    /// Bytes of all keys and values of the store.
    Store,
    /// Leases at a time.
    Leases,
    /// Milliseconds of a lease.
    Lease,
}

impl Limit {
    /// The highest number allowed.
    pub const fn most(self) -> usize {
        match self {
            Limit::Key => 512,
            Limit::Value => 1 << 20,
            Limit::Steps => 128,
            Limit::Transaction => (1 << 20) + (1 << 18),
            Limit::Range => 16 << 20,
            Limit::Store => 64 << 20,
            Limit::Leases => 65_536,
            Limit::Lease => 24 * 3600 * 1000,
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Limit::Key => "bytes in a key",
            Limit::Value => "bytes in a value",
            Limit::Steps => "steps in a transaction",
            Limit::Transaction => "bytes in a transaction",
            Limit::Range => "bytes in a range",
            Limit::Store => "bytes in the control plane",
            Limit::Leases => "leases",
            Limit::Lease => "milliseconds of a lease",
        })
    }
}

/// The shortest lease: twice as long as the longest pause that a healthy process makes, as measured for heartbeats.
pub(super) const TTL_MIN: Duration = Duration::from_millis(500);

/// What was asked for can never be, here or in any other backend.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LimitError {
    /// Something is too large, or there is too much of it.
    #[error("{got} {limit}; at most {} are allowed", .limit.most())]
    TooMuch {
        /// Of what.
        limit: Limit,
        /// How much it was, or would have been.
        got: usize,
    },
    /// Keys are texts of at least one character and without control characters.
    #[error("{key:?} is no key: a key has at least one character, and no control characters")]
    BadKey {
        /// What was given.
        key: Box<str>,
    },
    /// A transaction names a key twice, so that it would not be known which of both steps counts.
    #[error("the key {key:?} stands twice in one transaction")]
    Twice {
        /// The key.
        key: Box<str>,
    },
    /// A lease is too short to be renewed in time.
    #[error("a lease of {got:?} is too short; at least {TTL_MIN:?} is needed")]
    TooShort {
        /// What was asked for.
        got: Duration,
    },
}

fn at_most(limit: Limit, got: usize) -> Result<(), LimitError> {
    if got > limit.most() { Err(LimitError::TooMuch { limit, got }) } else { Ok(()) }
}

pub(crate) fn check_prefix(prefix: &str) -> Result<(), LimitError> {
    at_most(Limit::Key, prefix.len())?;
    match prefix.chars().any(char::is_control) {
        true => Err(LimitError::BadKey { key: prefix.into() }),
        false => Ok(()),
    }
}

pub(crate) fn check_key(key: &str) -> Result<(), LimitError> {
    if key.is_empty() { Err(LimitError::BadKey { key: key.into() }) } else { check_prefix(key) }
}

pub(crate) fn check_transaction(transaction: &Transaction) -> Result<(), LimitError> {
    at_most(Limit::Steps, transaction.steps().len())?;
    let (mut seen, mut bytes) = (BTreeSet::new(), 0);
    for step in transaction.steps() {
        check_key(&step.key)?;
        bytes += step.key.len();
        if let Some(Action::Put { value, .. }) = &step.action {
            at_most(Limit::Value, value.len())?;
            bytes += value.len();
        }
        if !seen.insert(&*step.key) {
            return Err(LimitError::Twice { key: step.key.clone() });
        }
    }
    at_most(Limit::Transaction, bytes)
}

pub(crate) fn check_range(snapshot: Snapshot) -> Result<Snapshot, LimitError> {
    let bytes = snapshot.entries.iter().map(|entry| entry.key.len() + entry.value.len()).sum();
    at_most(Limit::Range, bytes).map(|()| snapshot)
}

pub(crate) fn check_ttl(ttl: Duration) -> Result<(), LimitError> {
    if ttl < TTL_MIN {
        return Err(LimitError::TooShort { got: ttl });
    }
    at_most(Limit::Lease, usize::try_from(ttl.as_millis()).unwrap_or(usize::MAX))
}
