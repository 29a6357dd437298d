//! The store of configuration in the control plane.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::SystemTime;

use consort_cluster::ConfigStore;
use consort_cluster::control::{CoordStore, Expect, MemoryStore};
use consort_config::{AppendError, Cause, Change, Revision, Store, StoreError, testing};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::group::{Nodes, node};

const ALL: NonZeroUsize = NonZeroUsize::MAX;

fn revision(number: u64, service: &str, bytes: usize) -> Revision {
    let path = vec![service.to_owned(), "limit".to_owned()].into();
    let change = Change { path, before: None, after: Some(json!("x".repeat(bytes))), secret: false, forced: false };
    let (at, author) = (SystemTime::UNIX_EPOCH, "ann".to_owned());
    Revision { number, at, author, cause: Cause::Edit, changes: vec![change] }
}

fn over(store: &MemoryStore, runtime: &Runtime) -> ConfigStore {
    ConfigStore::new(Arc::new(store.clone()), runtime.handle().clone())
}

#[test]
fn it_follows_every_rule_over_a_store_in_memory() {
    let runtime = Runtime::new().unwrap();
    testing::conformance(|| over(&MemoryStore::new(), &runtime));
    let store = MemoryStore::new();
    testing::durability(|| over(&store, &runtime));
}

#[test]
fn it_follows_every_rule_over_three_voters_and_fails_in_words_without_a_quorum() {
    let runtime = Runtime::new().unwrap();
    let mut kept = Vec::new();
    let fresh = || {
        let nodes = runtime.block_on(Nodes::calm(3, 1));
        let store: Arc<dyn CoordStore> = nodes.store(4).clone();
        (nodes, ConfigStore::new(store, runtime.handle().clone()))
    };
    let stores = parking_lot::Mutex::new(&mut kept);
    testing::conformance(|| {
        let (nodes, store) = fresh();
        stores.lock().push(nodes);
        store
    });
    let (mut nodes, store) = fresh();
    store.append(&revision(1, "cart", 1), ALL).unwrap();
    runtime.block_on(async {
        for gone in [1, 2] {
            nodes.stop(node(gone)).await;
        }
    });
    let refused = store.append(&revision(2, "cart", 1), ALL);
    assert!(matches!(refused, Err(AppendError::Store(StoreError::Unavailable { .. }))), "{refused:?}");
    assert!(matches!(store.load(), Err(StoreError::Unavailable { .. })));
}

#[test]
fn history_makes_room_and_values_do_not() {
    let (runtime, store) = (Runtime::new().unwrap(), MemoryStore::new());
    let store = over(&store, &runtime);
    // of the largest that a revision can be
    let large = 250 << 10;
    let mut number = 0;
    let refused = loop {
        number += 1;
        if let Err(error) = store.append(&revision(number, &format!("service{number}"), large), ALL) {
            break error;
        }
        assert!(number < 64, "what is kept has a limit");
    };
    assert!(matches!(&refused, AppendError::Store(StoreError::Failed { .. })), "{refused}");
    assert!(refused.to_string().contains("at most 8388608"), "{refused}");
    let stored = store.load().unwrap();
    assert_eq!((stored.newest, stored.values.len() as u64), (number - 1, number - 1), "nothing of it is stored");
    assert!((8..20).contains(&stored.revisions.len()), "{}", stored.revisions.len());
}

#[test]
fn one_that_cannot_be_read_is_named() {
    let (runtime, store) = (Runtime::new().unwrap(), MemoryStore::new());
    let put = |key: &str, value: &'static str| {
        runtime.block_on(store.put(key, value.into(), Expect::Any, None)).unwrap();
    };
    put("config/values/cart", "what");
    let refused = over(&store, &runtime).load();
    assert!(matches!(&refused, Err(StoreError::Corrupt { path, .. }) if path.ends_with("values/cart")), "{refused:?}");
    put("config/values/cart", "{}");
    put("config/newest", "7");
    let refused = over(&store, &runtime).load();
    assert!(refused.is_ok(), "no history is no contradiction: {refused:?}");
}

#[test]
fn whoever_asks_after_the_end_of_the_runtime_is_told() {
    let (runtime, store) = (Runtime::new().unwrap(), MemoryStore::new());
    let store = over(&store, &runtime);
    drop(runtime);
    assert!(matches!(store.load(), Err(StoreError::Failed { .. })));
}
