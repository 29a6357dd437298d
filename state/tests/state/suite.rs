//! Both stores pass the suite; stores with planted bugs do not.

use std::collections::HashMap;

use bytes::Bytes;
use consort_state::{
    Claimed, Fence, MemoryStateStore, Pending, RedbStateStore, StateError, StateKey, StateStore, testing,
};
use parking_lot::Mutex;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_conforms() {
    testing::conformance(async || MemoryStateStore::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redb_conforms_and_is_durable() {
    let folder = tempfile::tempdir().unwrap();
    let number = Mutex::new(0);
    testing::conformance(async || {
        *number.lock() += 1;
        RedbStateStore::open(folder.path().join(format!("{}.redb", number.lock()))).unwrap()
    })
    .await;
    testing::durability(async || RedbStateStore::open(folder.path().join("durable.redb")).unwrap()).await;
}

/// What is wrong with a store.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Bug {
    AcceptsLowerEpochs,
    ClaimsUnderLowerEpochs,
    ChecksTheEpochOnly,
    RemembersWhatWasSavedOnly,
    AcceptsFencesOfTheFuture,
    TakesTheStateOut,
    ForgetsServices,
    KeepsTheFirst,
    LosesEmptyStates,
    WritesBeforeRefusing,
    TellsNothingOfTheNewest,
    BeginsAgainWithEachEpoch,
}

#[derive(Default)]
struct Buggy {
    bug: Option<Bug>,
    rows: Mutex<HashMap<(String, String), Row>>,
}

#[derive(Clone, Default)]
struct Row {
    newest: Fence,
    state: Option<Bytes>,
}

impl Buggy {
    fn with<T>(&self, key: StateKey<'_>, work: impl FnOnce(&mut Row) -> T) -> T {
        let service = if self.bug == Some(Bug::ForgetsServices) { "" } else { key.service };
        work(self.rows.lock().entry((service.into(), key.path.into())).or_default())
    }

    fn refusal(&self, row: &Row) -> StateError {
        let newest = if self.bug == Some(Bug::TellsNothingOfTheNewest) { Fence::default() } else { row.newest };
        StateError::Fenced { newest }
    }

    fn claimed(&self, row: &mut Row, epoch: u64) -> Result<Claimed, StateError> {
        if epoch < row.newest.epoch && self.bug != Some(Bug::ClaimsUnderLowerEpochs) {
            return Err(self.refusal(row));
        }
        let begins = self.bug == Some(Bug::BeginsAgainWithEachEpoch) && epoch > row.newest.epoch;
        let fence = Fence { epoch, turn: if begins { 1 } else { row.newest.turn + 1 } };
        if self.bug != Some(Bug::RemembersWhatWasSavedOnly) {
            row.newest = fence;
        }
        let state = if self.bug == Some(Bug::TakesTheStateOut) { row.state.take() } else { row.state.clone() };
        Ok(Claimed { fence, state })
    }

    fn saved(&self, row: &mut Row, fence: Fence, state: Bytes) -> Result<(), StateError> {
        let is_newest = match self.bug {
            Some(Bug::AcceptsLowerEpochs) => fence.turn > 0,
            Some(Bug::ChecksTheEpochOnly) => fence.epoch == row.newest.epoch,
            Some(Bug::RemembersWhatWasSavedOnly | Bug::AcceptsFencesOfTheFuture) => fence >= row.newest,
            _ => fence == row.newest && fence.turn > 0,
        };
        if is_newest || self.bug == Some(Bug::WritesBeforeRefusing) {
            let is_lost = state.is_empty() && self.bug == Some(Bug::LosesEmptyStates);
            if self.bug != Some(Bug::KeepsTheFirst) || row.state.is_none() {
                row.state = Some(state).filter(|_| !is_lost);
            }
        }
        if !is_newest {
            return Err(self.refusal(row));
        }
        row.newest = fence;
        Ok(())
    }
}

impl StateStore for Buggy {
    fn claim<'a>(&'a self, key: StateKey<'a>, epoch: u64) -> Pending<'a, Result<Claimed, StateError>> {
        Box::pin(async move { self.with(key, |row| self.claimed(row, epoch)) })
    }

    fn save<'a>(&'a self, key: StateKey<'a>, fence: Fence, state: Bytes) -> Pending<'a, Result<(), StateError>> {
        Box::pin(async move { self.with(key, |row| self.saved(row, fence, state)) })
    }
}

#[tokio::test]
async fn the_suite_finds_planted_bugs() {
    testing::conformance(async || Buggy::default()).await;
    let quiet = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let mut missed = Vec::new();
    for bug in [
        Bug::AcceptsLowerEpochs,
        Bug::ClaimsUnderLowerEpochs,
        Bug::ChecksTheEpochOnly,
        Bug::RemembersWhatWasSavedOnly,
        Bug::AcceptsFencesOfTheFuture,
        Bug::TakesTheStateOut,
        Bug::ForgetsServices,
        Bug::KeepsTheFirst,
        Bug::LosesEmptyStates,
        Bug::WritesBeforeRefusing,
        Bug::TellsNothingOfTheNewest,
    ] {
        let run = testing::conformance(async move || Buggy { bug: Some(bug), ..Buggy::default() });
        let local = tokio::task::LocalSet::new();
        if local.run_until(async { tokio::task::spawn_local(run).await }).await.is_ok() {
            missed.push(bug);
        }
    }
    std::panic::set_hook(quiet);
    assert!(missed.is_empty(), "the suite misses {missed:?}");
}

/// A store may begin to count again with each epoch: fences are ordered by it first.
#[tokio::test]
async fn turns_may_begin_again_with_an_epoch() {
    testing::conformance(async || Buggy { bug: Some(Bug::BeginsAgainWithEachEpoch), ..Buggy::default() }).await;
}
