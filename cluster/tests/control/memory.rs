//! The store in memory.

use std::sync::Arc;

use consort_cluster::control::testing::{self, Fixture};
use consort_cluster::control::{CoordStore, MemoryStore, Revision, WatchError};

struct Memory;

impl Fixture for Memory {
    async fn fresh(&self) -> Arc<dyn CoordStore> {
        Arc::new(MemoryStore::new())
    }
}

#[tokio::test(start_paused = true)]
async fn the_store_in_memory_follows_every_rule() {
    testing::conformance(&Memory).await;
}

#[tokio::test(start_paused = true)]
async fn a_watch_ends_with_its_store() {
    let store = MemoryStore::new();
    let mut watch = store.watch("", Revision::START);
    drop(store);
    assert!(matches!(watch.next().await, Err(WatchError::Stopped { .. })));
}
