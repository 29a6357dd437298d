//! A store that is reached only once the configuration was built.

use std::sync::Arc;

use consort_config::{MemoryStore, Store};

use crate::shop::{builder, by_ann, cart};

fn shared() -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::new());
    let other = builder().store(store.clone()).build().unwrap();
    other.set(&by_ann().set("cart.limit", 30)).unwrap();
    store
}

#[test]
fn what_a_shared_store_has_is_in_force_at_once_and_what_is_set_goes_there() {
    let (store, config) = (shared(), builder().build().unwrap());
    assert!(config.share(store.clone()).unwrap());
    assert_eq!((config.revision(), cart(&config).limit), (1, 30));
    config.set(&by_ann().set("cart.limit", 40)).unwrap();
    assert_eq!(store.load().unwrap().newest, 2);
}

#[test]
fn whoever_was_given_a_store_shares_no_other() {
    let (store, own) = (shared(), Arc::new(MemoryStore::new()));
    let config = builder().store(own.clone()).build().unwrap();
    assert!(!config.share(store.clone()).unwrap());
    config.set(&by_ann().set("cart.limit", 40)).unwrap();
    assert_eq!((own.load().unwrap().newest, store.load().unwrap().newest), (1, 1));
}

#[test]
fn what_a_shared_store_has_and_the_types_refuse_is_a_mistake_and_changes_nothing() {
    let (store, config) = (shared(), builder().build().unwrap());
    let before = cart(&config).limit;
    let mut stored = store.load().unwrap().revisions.remove(0);
    stored.number = 2;
    stored.changes[0].after = Some("many".into());
    store.append(&stored, std::num::NonZeroUsize::MAX).unwrap();
    assert!(config.share(store).is_err());
    assert_eq!((config.revision(), cart(&config).limit), (0, before));
}
