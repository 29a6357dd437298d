//! A `parking_lot` mutex: the least that exclusive access costs. It cannot be held over an await.

use crate::engine::{Engine, Flavour};
use parking_lot::Mutex;
use std::sync::Arc;

/// Counters behind `parking_lot` mutexes.
pub struct MutexPl;

impl Engine for MutexPl {
    const NAME: &'static str = "mutex_pl";
    type Ref = Arc<Mutex<u64>>;

    async fn open(_: Flavour) -> Self {
        Self
    }

    async fn spawn(&self) -> Self::Ref {
        Arc::new(Mutex::new(0))
    }

    async fn ask(counter: &Self::Ref, by: u64) -> u64 {
        let mut total = counter.lock();
        *total += by;
        *total
    }

    async fn tell(counter: &Self::Ref, by: u64) {
        *counter.lock() += by;
    }
}
