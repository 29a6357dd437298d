//! A store of states that fails when it is told to.

use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use consort::state::{Claimed, Fence, MemoryStateStore, Pending, StateError, StateKey, StateStore};

#[derive(Default)]
pub struct Failing {
    states: MemoryStateStore,
    fails: AtomicBool,
}

impl Failing {
    pub fn fail(&self, fails: bool) {
        self.fails.store(fails, Ordering::Relaxed);
    }

    fn check(&self) -> Result<(), StateError> {
        let failed = StateError::Unavailable { reason: "nobody is there".to_owned(), source: None };
        if self.fails.load(Ordering::Relaxed) { Err(failed) } else { Ok(()) }
    }
}

impl StateStore for Failing {
    fn claim<'a>(&'a self, key: StateKey<'a>, epoch: u64) -> Pending<'a, Result<Claimed, StateError>> {
        Box::pin(async move {
            self.check()?;
            self.states.claim(key, epoch).await
        })
    }

    fn save<'a>(&'a self, key: StateKey<'a>, fence: Fence, state: Bytes) -> Pending<'a, Result<(), StateError>> {
        Box::pin(async move {
            self.check()?;
            self.states.save(key, fence, state).await
        })
    }
}
