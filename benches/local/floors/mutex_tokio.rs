//! A tokio mutex: fair, and may be held over an await.

use crate::engine::{Engine, Flavour, Suspend};
use std::sync::Arc;
use tokio::sync::Mutex;

/// Counters behind tokio mutexes.
pub struct MutexTokio;

impl Engine for MutexTokio {
    const NAME: &'static str = "mutex_tokio";
    type Ref = Arc<Mutex<u64>>;

    async fn open(_: Flavour) -> Self {
        Self
    }

    async fn spawn(&self) -> Self::Ref {
        Arc::new(Mutex::new(0))
    }

    async fn ask(counter: &Self::Ref, by: u64) -> u64 {
        let mut total = counter.lock().await;
        *total += by;
        *total
    }

    async fn tell(counter: &Self::Ref, by: u64) {
        *counter.lock().await += by;
    }
}

impl Suspend for MutexTokio {
    async fn ask_suspending(counter: &Self::Ref, by: u64) -> u64 {
        let mut total = counter.lock().await;
        tokio::task::yield_now().await;
        *total += by;
        *total
    }
}
