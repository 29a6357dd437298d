//! What a store holds.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::path::ConfigPath;
use crate::secret::MASK;
use crate::store::revision::is_false;
use crate::store::{AppendError, Cause, Revision};

/// What a store holds: the values set at run time, the defaults that are kept, and the newest revisions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stored {
    /// The number of the newest revision; 0 if there never was one.
    pub newest: u64,
    /// The values in force, each at its path.
    pub values: BTreeMap<ConfigPath, Held>,
    /// The defaults that are kept, each at its path: what revisions of [`Cause::Defaults`] changed.
    pub defaults: BTreeMap<ConfigPath, Held>,
    /// The newest revisions, oldest first, without gaps up to `newest`.
    pub revisions: Vec<Revision>,
}

/// A value set at run time, or a default that is kept. `Debug` shows secrets as `***`; serialization does not.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Held {
    /// The value.
    pub value: Value,
    /// Whether it is a secret.
    pub secret: bool,
    /// It was set although nothing knew its path, by [`Edit::forced`](crate::Edit::forced).
    #[serde(default, skip_serializing_if = "is_false")]
    pub forced: bool,
    /// The revision that set it.
    pub revision: u64,
    /// Who made that revision.
    pub author: String,
}

/// A value that is given at a path of the run-time layer, or as a kept default.
#[derive(Clone)]
pub(crate) struct Given {
    pub(crate) value: Value,
    pub(crate) secret: bool,
    pub(crate) forced: bool,
}

impl From<&Held> for Given {
    fn from(held: &Held) -> Self {
        Self { value: held.value.clone(), secret: held.secret, forced: held.forced }
    }
}

impl Stored {
    /// Makes `revision` the newest one, and forgets all but the newest `keep`. How the stores of this crate do it;
    /// others may use it.
    ///
    /// # Errors
    ///
    /// [`AppendError::NotNext`] if its number is not `newest + 1`. Nothing has changed then.
    pub fn append(&mut self, revision: &Revision, keep: NonZeroUsize) -> Result<(), AppendError> {
        if Some(revision.number) != self.newest.checked_add(1) {
            return Err(AppendError::NotNext { newest: self.newest });
        }
        let values = match revision.cause {
            Cause::Edit | Cause::RollBack { .. } => &mut self.values,
            Cause::Defaults => &mut self.defaults,
        };
        for (path, held) in revision.values() {
            match held {
                Some(held) => drop(values.insert(path.clone(), held)),
                None => drop(values.remove(path)),
            }
        }
        self.newest = revision.number;
        self.revisions.push(revision.clone());
        let surplus = self.revisions.len().saturating_sub(keep.get());
        self.revisions.drain(..surplus);
        Ok(())
    }

    /// What revisions of this cause change.
    pub(crate) fn of(&self, cause: Cause) -> &BTreeMap<ConfigPath, Held> {
        match cause {
            Cause::Edit | Cause::RollBack { .. } => &self.values,
            Cause::Defaults => &self.defaults,
        }
    }

    /// The values as they were after a revision, if the revisions since then are all here; 0: before the first.
    pub(crate) fn values_at(&self, number: u64) -> Option<BTreeMap<ConfigPath, Given>> {
        let undone = usize::try_from(self.newest.checked_sub(number)?).ok()?;
        let kept = self.revisions.len().checked_sub(undone)?;
        let mut values = self.given();
        let undone = self.revisions[kept..].iter().rev().filter(|revision| revision.cause != Cause::Defaults);
        for change in undone.flat_map(|revision| &revision.changes) {
            let given = |value: &Value| Given { value: value.clone(), secret: change.secret, forced: change.forced };
            match change.before.as_ref().map(given) {
                Some(before) => drop(values.insert(change.path.clone(), before)),
                None => drop(values.remove(&change.path)),
            }
        }
        Some(values)
    }

    /// What is set at run time.
    pub(crate) fn given(&self) -> BTreeMap<ConfigPath, Given> {
        self.values.iter().map(|(path, held)| (path.clone(), Given::from(held))).collect()
    }

    /// The lowest revision that can be rolled back to.
    pub(crate) fn oldest(&self) -> u64 {
        self.newest - self.revisions.len() as u64
    }
}

impl Revision {
    /// What is held at each changed path after this revision: a value, or none. Of the cause [`Cause::Defaults`] it is
    /// held among the defaults.
    pub fn values(&self) -> impl Iterator<Item = (&ConfigPath, Option<Held>)> {
        self.changes.iter().map(|change| {
            let held = change.after.clone().map(|value| Held {
                value,
                secret: change.secret,
                forced: change.forced,
                revision: self.number,
                author: self.author.clone(),
            });
            (&change.path, held)
        })
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = if self.secret { MASK.to_owned() } else { self.value.to_string() };
        write!(f, "{value} (revision {} by {})", self.revision, self.author)
    }
}
