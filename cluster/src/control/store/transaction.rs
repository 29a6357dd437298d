//! Several changes at once, or none: [`Transaction`].

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{LeaseId, Revision};

/// What has to be true of a key for a transaction to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Expect {
    /// There is no such key.
    Absent,
    /// It was put by the transaction of this revision, and not since.
    Revision(Revision),
    /// Nothing.
    Any,
}

/// What a transaction does with a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// It holds the value from now on.
    Put {
        /// What it holds.
        value: Bytes,
        /// The key is deleted when this lease ends. A put without a lease takes the key off the lease it was under.
        lease: Option<LeaseId>,
    },
    /// It is gone. That it was never there is no error.
    Delete,
}

/// Puts and deletes that are made together, if all that is expected is true.
///
/// ```
/// use consort_cluster::control::{Expect, Revision, Transaction};
///
/// let moved = Transaction::new()
///     .put("slots/table", "…", Expect::Revision(Revision(7)), None)
///     .delete("leases/0001", Expect::Any)
///     .check("cluster/id", Expect::Revision(Revision(1)));
/// assert_eq!(moved.steps().len(), 3);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    steps: Vec<Step>,
}

/// One key of a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The key.
    pub key: Box<str>,
    /// What has to be true of it.
    pub expect: Expect,
    /// What becomes of it; `None` if it is only looked at.
    pub action: Option<Action>,
}

impl Transaction {
    /// One without any steps.
    pub fn new() -> Self {
        Self::default()
    }

    /// Also puts this. A key may be named once in a transaction.
    #[must_use]
    pub fn put(self, key: &str, value: impl Into<Bytes>, expect: Expect, lease: Option<LeaseId>) -> Self {
        self.step(key, expect, Some(Action::Put { value: value.into(), lease }))
    }

    /// Also deletes this. A key may be named once in a transaction.
    #[must_use]
    pub fn delete(self, key: &str, expect: Expect) -> Self {
        self.step(key, expect, Some(Action::Delete))
    }

    /// Is made only if this is true too. A key may be named once in a transaction.
    #[must_use]
    pub fn check(self, key: &str, expect: Expect) -> Self {
        self.step(key, expect, None)
    }

    /// What it looks at and does, in the order in which it was said.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    fn step(mut self, key: &str, expect: Expect, action: Option<Action>) -> Self {
        self.steps.push(Step { key: key.into(), expect, action });
        self
    }
}
