//! What all nodes agree on: [`State`].

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{Command, Outcome};
use crate::control::store::{
    Action, Change, Changes, Entry, Expect, LeaseId, Limit, Revision, Snapshot, Step, Transaction,
};

/// Keys, leases and the revision. Deterministic: the same commands in the same order make the same state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct State {
    revision: Revision,
    entries: BTreeMap<Box<str>, Held>,
    leases: BTreeMap<LeaseId, Lease>,
    last_lease: u64,
    /// Of all keys and values.
    bytes: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Held {
    value: Bytes,
    revision: Revision,
    lease: Option<LeaseId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Lease {
    ttl: Duration,
    keys: BTreeSet<Box<str>>,
}

/// A state as it is stored and sent. Fields may be added and never change their meaning.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Image {
    revision: Revision,
    entries: Vec<Entry>,
    leases: Vec<(LeaseId, Duration)>,
    last_lease: u64,
}

impl State {
    /// Carries out a command. Says what became of it, and what it changed, if anything.
    pub(crate) fn apply(&mut self, command: Command) -> (Outcome, Option<Changes>) {
        match command {
            Command::Commit(transaction) => self.on_commit(transaction),
            Command::Grant(ttl) => (self.on_grant(ttl), None),
            Command::End(lease) | Command::Expire { lease, .. } => (Outcome::Ended, self.on_end(lease)),
        }
    }

    /// Of the newest change.
    pub(crate) fn revision(&self) -> Revision {
        self.revision
    }

    /// One key.
    pub(crate) fn get(&self, key: &str) -> Option<Entry> {
        self.entries.get(key).map(|held| held.entry(key))
    }

    /// All keys with a prefix.
    pub(crate) fn range(&self, prefix: &str) -> Snapshot {
        let from = self.entries.range::<str, _>((Bound::Included(prefix), Bound::Unbounded));
        let with = from.take_while(|(key, _)| key.starts_with(prefix));
        Snapshot { revision: self.revision, entries: with.map(|(key, held)| held.entry(key)).collect() }
    }

    /// The leases there are, and how long each lasts.
    pub(crate) fn leases(&self) -> impl Iterator<Item = (LeaseId, Duration)> {
        self.leases.iter().map(|(id, lease)| (*id, lease.ttl))
    }

    /// How long the lease lasts, if there is such a one.
    pub(crate) fn lease(&self, lease: LeaseId) -> Option<Duration> {
        self.leases.get(&lease).map(|lease| lease.ttl)
    }

    /// All of it, to be stored or sent.
    pub(crate) fn image(&self) -> Image {
        let leases = self.leases().collect();
        Image { revision: self.revision, entries: self.range("").entries, leases, last_lease: self.last_lease }
    }

    /// The state of an image.
    pub(crate) fn of(image: Image) -> Self {
        let leases = image.leases.into_iter().map(|(id, ttl)| (id, Lease { ttl, keys: BTreeSet::new() }));
        let mut state = State { leases: leases.collect(), last_lease: image.last_lease, ..State::default() };
        for entry in image.entries {
            state.insert(&entry.key, Held { value: entry.value, revision: entry.revision, lease: entry.lease });
        }
        state.revision = image.revision;
        state
    }

    fn on_commit(&mut self, transaction: Transaction) -> (Outcome, Option<Changes>) {
        if let Err(refusal) = self.admit(&transaction) {
            return (refusal, None);
        }
        let revision = Revision(self.revision.0 + 1);
        let mut changes = Vec::new();
        for Step { key, action, .. } in transaction.steps() {
            match action {
                Some(Action::Put { value, lease }) => {
                    let held = Held { value: value.clone(), revision, lease: *lease };
                    changes.push(Change::Put(held.entry(key)));
                    self.insert(key, held);
                }
                Some(Action::Delete) if self.remove(key) => changes.push(Change::Deleted { key: key.clone() }),
                Some(Action::Delete) | None => {}
            }
        }
        let changes = self.changed(changes);
        (Outcome::Committed(self.revision), changes)
    }

    /// Whether all that a transaction needs is true.
    fn admit(&self, transaction: &Transaction) -> Result<(), Outcome> {
        let mut bytes = self.bytes;
        for Step { key, expect, action } in transaction.steps() {
            let held = self.entries.get(key);
            let current = held.map(|held| held.revision);
            let met = match expect {
                Expect::Any => true,
                Expect::Absent => current.is_none(),
                Expect::Revision(revision) => current == Some(*revision),
            };
            if !met {
                return Err(Outcome::Conflict { key: key.clone(), current });
            }
            if let Some(Action::Put { lease: Some(lease), .. }) = action
                && !self.leases.contains_key(lease)
            {
                return Err(Outcome::LeaseGone);
            }
            if action.is_some() {
                bytes = bytes.saturating_sub(held.map_or(0, |held| weight(key, &held.value)));
            }
            if let Some(Action::Put { value, .. }) = action {
                bytes += weight(key, value);
            }
        }
        // What makes the store smaller is always welcome: it is the way out.
        match bytes > Limit::Store.most() as u64 && bytes > self.bytes {
            true => Err(Outcome::StoreFull { bytes }),
            false => Ok(()),
        }
    }

    fn on_grant(&mut self, ttl: Duration) -> Outcome {
        if self.leases.len() >= Limit::Leases.most() {
            return Outcome::TooManyLeases;
        }
        self.last_lease += 1;
        let id = LeaseId(self.last_lease);
        self.leases.insert(id, Lease { ttl, keys: BTreeSet::new() });
        Outcome::Granted(id)
    }

    fn on_end(&mut self, lease: LeaseId) -> Option<Changes> {
        let ended = self.leases.remove(&lease)?;
        let mut changes = Vec::new();
        for key in ended.keys {
            self.remove(&key);
            changes.push(Change::Deleted { key });
        }
        self.changed(changes)
    }

    /// Only what changes something has a revision.
    fn changed(&mut self, changes: Vec<Change>) -> Option<Changes> {
        if changes.is_empty() {
            return None;
        }
        self.revision = Revision(self.revision.0 + 1);
        Some(Changes { revision: self.revision, changes })
    }

    fn insert(&mut self, key: &str, held: Held) {
        self.remove(key);
        self.bytes += weight(key, &held.value);
        if let Some(lease) = held.lease.and_then(|lease| self.leases.get_mut(&lease)) {
            lease.keys.insert(key.into());
        }
        self.entries.insert(key.into(), held);
    }

    /// Whether it was there.
    fn remove(&mut self, key: &str) -> bool {
        let Some(held) = self.entries.remove(key) else { return false };
        self.bytes -= weight(key, &held.value);
        if let Some(lease) = held.lease.and_then(|lease| self.leases.get_mut(&lease)) {
            lease.keys.remove(key);
        }
        true
    }
}

impl Held {
    fn entry(&self, key: &str) -> Entry {
        Entry { key: key.into(), value: self.value.clone(), revision: self.revision, lease: self.lease }
    }
}

fn weight(key: &str, value: &Bytes) -> u64 {
    (key.len() + value.len()) as u64
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use proptest::prelude::*;

    use super::State;
    use crate::control::machine::{Command, Outcome};
    use crate::control::store::{Expect, LeaseId, Limit, Revision, Transaction};

    fn put(state: &mut State, key: &str, value: impl Into<Bytes>) -> Outcome {
        state.apply(Command::Commit(Transaction::new().put(key, value, Expect::Any, None))).0
    }

    #[test]
    fn a_full_store_takes_what_makes_it_smaller_and_nothing_else() {
        let mut state = State::default();
        let mib = Bytes::from(vec![0; 1 << 20]);
        let keys: Vec<String> = (0..64).map(|at| format!("{at:02}")).collect();
        for key in &keys[..63] {
            assert!(matches!(put(&mut state, key, mib.clone()), Outcome::Committed(_)));
        }
        let room = Limit::Store.most() - 63 * ((1 << 20) + 2) - 2;
        assert!(matches!(put(&mut state, "63", mib.slice(..room + 1)), Outcome::StoreFull { .. }));
        assert!(matches!(put(&mut state, "63", mib.slice(..room)), Outcome::Committed(_)), "exactly full");
        assert_eq!(put(&mut state, "x", ""), Outcome::StoreFull { bytes: Limit::Store.most() as u64 + 1 });
        assert!(matches!(put(&mut state, "00", mib.slice(1..)), Outcome::Committed(_)), "smaller than before");
        assert!(matches!(put(&mut state, "x", ""), Outcome::Committed(_)), "and so there is room");
    }

    #[test]
    fn as_many_leases_as_are_allowed_and_not_one_more() {
        let mut state = State::default();
        for number in 1..=Limit::Leases.most() as u64 {
            assert_eq!(state.apply(Command::Grant(Duration::from_secs(1))).0, Outcome::Granted(LeaseId(number)));
        }
        assert_eq!(state.apply(Command::Grant(Duration::from_secs(1))).0, Outcome::TooManyLeases);
        state.apply(Command::End(LeaseId(7)));
        let next = LeaseId(Limit::Leases.most() as u64 + 1);
        assert_eq!(state.apply(Command::Grant(Duration::from_secs(1))).0, Outcome::Granted(next), "never the same");
    }

    fn commands() -> impl Strategy<Value = Vec<Command>> {
        let key = || (0u8..6).prop_map(|key| format!("k/{key}"));
        let expect = prop_oneof![
            3 => Just(Expect::Any),
            1 => Just(Expect::Absent),
            1 => (0u64..20).prop_map(|at| Expect::Revision(Revision(at))),
        ];
        let lease = proptest::option::of((1u64..5).prop_map(LeaseId));
        let one = (expect, lease, any::<Option<u8>>());
        let commit = proptest::collection::btree_map(key(), one, 0..4).prop_map(|steps| {
            let steps = steps.into_iter().fold(Transaction::new(), |all, (key, (expect, lease, value))| match value {
                Some(value) => all.put(&key, vec![value; 3], expect, lease),
                None => all.delete(&key, expect),
            });
            Command::Commit(steps)
        });
        let command = prop_oneof![
            6 => commit,
            1 => Just(Command::Grant(Duration::from_secs(2))),
            1 => (1u64..5).prop_map(|lease| Command::End(LeaseId(lease))),
        ];
        proptest::collection::vec(command, 0..60)
    }

    proptest! {
        #[test]
        fn a_restored_state_is_the_same_and_goes_on_the_same(before in commands(), after in commands()) {
            let mut state = State::default();
            before.into_iter().for_each(|command| drop(state.apply(command)));
            let mut restored = State::of(state.image());
            prop_assert_eq!(&restored, &state);
            for command in after {
                prop_assert_eq!(restored.apply(command.clone()), state.apply(command));
            }
            prop_assert_eq!(restored, state);
        }

        #[test]
        fn changes_told_one_after_the_other_make_the_same_entries(commands in commands()) {
            use crate::control::store::Change;
            let (mut state, mut told, mut revision) = (State::default(), std::collections::BTreeMap::new(), Revision(0));
            for command in commands {
                let Some(changes) = state.apply(command).1 else { continue };
                prop_assert!(changes.revision > revision && !changes.changes.is_empty());
                revision = changes.revision;
                for change in changes.changes {
                    match change {
                        Change::Put(entry) => drop(told.insert(entry.key.clone(), entry)),
                        Change::Deleted { key } => drop(told.remove(&key)),
                    }
                }
            }
            prop_assert_eq!(told.into_values().collect::<Vec<_>>(), state.range("").entries);
        }
    }
}
