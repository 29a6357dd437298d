//! What a store holds: [`Entry`], at a [`Revision`]; and what it tells: [`Changes`].

use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// A point in the life of a store. Each transaction that changes something has a higher one than all before it; not
/// every number is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Revision(pub u64);

impl Revision {
    /// Before the first change.
    pub const START: Revision = Revision(0);
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "revision {}", self.0)
    }
}

/// Names a lease. A store never uses a number again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LeaseId(pub u64);

impl fmt::Display for LeaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lease {}", self.0)
    }
}

/// One key and what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The key.
    pub key: Box<str>,
    /// Its value.
    pub value: Bytes,
    /// Of the transaction that put it.
    pub revision: Revision,
    /// It is deleted when this lease ends.
    pub lease: Option<LeaseId>,
}

/// All keys with a prefix, at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// A watch from here tells all that came after it.
    pub revision: Revision,
    /// In the order of their keys.
    pub entries: Vec<Entry>,
}

/// What became of one key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// It holds this now.
    Put(Entry),
    /// It is gone.
    Deleted {
        /// The key.
        key: Box<str>,
    },
}

impl Change {
    /// The key.
    pub fn key(&self) -> &str {
        match self {
            Change::Put(entry) => &entry.key,
            Change::Deleted { key } => key,
        }
    }
}

/// What one transaction changed, as far as the watch asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// Of the transaction.
    pub revision: Revision,
    /// At least one; each key once.
    pub changes: Vec<Change>,
}
