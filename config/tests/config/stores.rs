//! The store in memory passes the suite; stores with planted bugs do not.

use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};

use consort_config::{AppendError, MemoryStore, Revision, Store, StoreError, Stored, testing};
use parking_lot::Mutex;

#[test]
fn memory_conforms() {
    testing::conformance(MemoryStore::new);
}

/// What is wrong with a store.
#[derive(Clone, Copy, Debug)]
enum Bug {
    AcceptsAnyNumber,
    ForgetsClears,
    KeepsAllRevisions,
    ForgetsValuesWithRevisions,
    ReturnsNewestFirst,
    LosesAuthor,
    LosesNull,
    ChangesBeforeRefusing,
    ChecksWithoutLock,
}

#[derive(Default)]
struct Buggy {
    bug: Option<Bug>,
    stored: Mutex<Stored>,
}

impl Store for Buggy {
    fn load(&self) -> Result<Stored, StoreError> {
        let mut stored = self.stored.lock().clone();
        match self.bug {
            Some(Bug::ReturnsNewestFirst) => stored.revisions.reverse(),
            Some(Bug::LosesAuthor) => stored.values.values_mut().for_each(|held| held.author.clear()),
            Some(Bug::LosesNull) => stored.values.retain(|_, held| !held.value.is_null()),
            Some(Bug::ForgetsValuesWithRevisions) => {
                let oldest = stored.revisions.first().map_or(0, |revision| revision.number);
                stored.values.retain(|_, held| held.revision >= oldest);
            }
            _ => {}
        }
        Ok(stored)
    }

    fn append(&self, revision: &Revision, keep: NonZeroUsize) -> Result<(), AppendError> {
        let mut revision = revision.clone();
        let seen = self.stored.lock().newest;
        let mut keep = keep;
        match self.bug {
            Some(Bug::AcceptsAnyNumber) => self.stored.lock().newest = revision.number.wrapping_sub(1),
            Some(Bug::ForgetsClears) => revision.changes.retain(|change| change.after.is_some()),
            Some(Bug::KeepsAllRevisions) => keep = NonZeroUsize::MAX,
            Some(Bug::ChangesBeforeRefusing) => {
                let mut stored = self.stored.lock();
                revision
                    .values()
                    .for_each(|(path, held)| drop(held.map(|held| stored.values.insert(path.clone(), held))));
            }
            Some(Bug::ChecksWithoutLock) if seen + 1 == revision.number => {
                std::thread::yield_now();
                self.stored.lock().newest = seen;
            }
            _ => {}
        }
        self.stored.lock().append(&revision, keep)
    }
}

#[test]
fn the_suite_finds_planted_bugs() {
    testing::conformance(Buggy::default);
    let quiet = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let found = |bug| {
        let run = || testing::conformance(|| Buggy { bug: Some(bug), stored: Mutex::default() });
        catch_unwind(AssertUnwindSafe(run)).is_err()
    };
    let missed: Vec<_> = [
        Bug::AcceptsAnyNumber,
        Bug::ForgetsClears,
        Bug::KeepsAllRevisions,
        Bug::ForgetsValuesWithRevisions,
        Bug::ReturnsNewestFirst,
        Bug::LosesAuthor,
        Bug::LosesNull,
        Bug::ChangesBeforeRefusing,
    ]
    .into_iter()
    .filter(|bug| !found(*bug))
    .collect();
    // A race is found when it happens, so it may take more than one run.
    let race = (0..200).any(|_| found(Bug::ChecksWithoutLock));
    std::panic::set_hook(quiet);
    assert!(missed.is_empty() && race, "the suite misses {missed:?}; finds the race: {race}");
}
