//! The newest changes, for watches: [`History`].

use std::collections::VecDeque;
use std::sync::Arc;

use crate::control::store::{Change, Changes, Revision, Told};

/// Changes of keys that are remembered: two for each of the 4,096 slots, so that a watch survives a whole rebalance.
const CHANGES_MAX: usize = 8_192;

/// Bytes of keys and values in them: an eighth of the store.
const BYTES_MAX: usize = 8 << 20;

/// Changes that a watch is told at a time. It asks again at once.
const TOLD_MAX: usize = 256;

/// Bytes that a watch is told at a time, after the first transaction: what fits a message beside its frame.
const TOLD_BYTES_MAX: usize = 1 << 20;

/// The newest changes. Not part of the state: each node remembers what it has seen.
#[derive(Debug)]
pub(crate) struct History {
    /// All changes after it are here.
    floor: Revision,
    newest: Revision,
    recent: VecDeque<Arc<Changes>>,
    count: usize,
    bytes: usize,
}

impl History {
    /// One that knows nothing of what was before the revision.
    pub(crate) fn from(floor: Revision) -> Self {
        Self { floor, newest: floor, recent: VecDeque::new(), count: 0, bytes: 0 }
    }

    /// Remembers what was changed; forgets the oldest where it is too much. The newest is always remembered.
    pub(crate) fn push(&mut self, changes: Changes) {
        self.newest = changes.revision;
        self.count += changes.changes.len();
        self.bytes += bytes(&changes);
        self.recent.push_back(Arc::new(changes));
        while self.recent.len() > 1 && (self.count > CHANGES_MAX || self.bytes > BYTES_MAX) {
            let Some(oldest) = self.recent.pop_front() else { break };
            self.floor = oldest.revision;
            self.count -= oldest.changes.len();
            self.bytes -= bytes(&oldest);
        }
    }

    /// What a watch is to be told next; nothing if nothing came after the revision. `None` if that is not known.
    pub(crate) fn after(&self, from: Revision, prefix: &str) -> Option<Told> {
        if from < self.floor {
            return None;
        }
        let mut told = Told { changes: Vec::new(), upto: from.max(self.newest) };
        let (mut count, mut size) = (0, 0);
        let begin = self.recent.partition_point(|changes| changes.revision <= from);
        for changes in self.recent.range(begin..) {
            let asked: Vec<Change> =
                changes.changes.iter().filter(|it| it.key().starts_with(prefix)).cloned().collect();
            if asked.is_empty() {
                continue;
            }
            let asked = Changes { revision: changes.revision, changes: asked };
            (count, size) = (count + asked.changes.len(), size + bytes(&asked));
            if !told.changes.is_empty() && (count > TOLD_MAX || size > TOLD_BYTES_MAX) {
                told.upto = told.changes.last().map_or(from, |last| last.revision);
                break;
            }
            told.changes.push(asked);
        }
        Some(told)
    }
}

fn bytes(changes: &Changes) -> usize {
    let value = |change: &Change| match change {
        Change::Put(entry) => entry.value.len(),
        Change::Deleted { .. } => 0,
    };
    changes.changes.iter().map(|change| change.key().len() + value(change)).sum()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::{BYTES_MAX, CHANGES_MAX, History, TOLD_MAX};
    use crate::control::store::{Change, Changes, Entry, Revision};

    fn put(key: &str, revision: u64, bytes: usize) -> Changes {
        let revision = Revision(revision);
        let value = Bytes::from(vec![0; bytes]);
        Changes { revision, changes: vec![Change::Put(Entry { key: key.into(), value, revision, lease: None })] }
    }

    fn filled(upto: usize, bytes: usize) -> History {
        let mut history = History::from(Revision(0));
        (1..=upto as u64).for_each(|at| history.push(put("k", at, bytes)));
        history
    }

    #[test]
    fn as_many_changes_as_are_allowed_are_remembered_and_not_one_more() {
        assert!(filled(CHANGES_MAX, 0).after(Revision(0), "").is_some());
        let history = filled(CHANGES_MAX + 1, 0);
        assert!(history.after(Revision(0), "").is_none(), "the oldest is forgotten");
        assert!(history.after(Revision(1), "").is_some(), "and only that");
    }

    #[test]
    fn as_many_bytes_as_are_allowed_are_remembered_and_not_one_more() {
        let each = (1 << 20) - 1;
        assert!(filled(BYTES_MAX >> 20, each).after(Revision(0), "").is_some(), "with its key, each has a MiB");
        assert!(filled((BYTES_MAX >> 20) + 1, each).after(Revision(0), "").is_none());
    }

    #[test]
    fn a_watch_is_told_all_in_portions() {
        let (history, mut from, mut seen) = (filled(1_000, 10), Revision(0), Vec::new());
        while from < Revision(1_000) {
            let told = history.after(from, "k").unwrap();
            assert!(told.changes.len() <= TOLD_MAX && told.upto > from);
            seen.extend(told.changes.iter().map(|changes| changes.revision.0));
            from = told.upto;
        }
        assert_eq!(seen, (1..=1_000).collect::<Vec<_>>());
    }

    #[test]
    fn what_a_watch_does_not_ask_for_is_passed_over() {
        let told = filled(1_000, 10).after(Revision(3), "other").unwrap();
        assert_eq!((told.changes.len(), told.upto), (0, Revision(1_000)), "and not looked at again");
    }
}
