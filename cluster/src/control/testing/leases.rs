//! Rules of leases.

use std::time::Duration;

use tokio::time::Instant;

use super::super::{Change, CoordStore, Expect, LeaseError, LeaseId, Revision, WriteError};
use super::fixture::{keys, put, read, try_put};

/// Etcd grants no shorter one.
const TTL: Duration = Duration::from_secs(2);

async fn grant(store: &dyn CoordStore) -> LeaseId {
    store.grant(TTL).await.expect("a lease is granted")
}

async fn put_under(store: &dyn CoordStore, key: &str, lease: LeaseId) -> Revision {
    try_put(store, key, "x", Expect::Any, Some(lease)).await.expect("the lease is there")
}

/// Nobody renews: the keys are deleted in one change, and not before the time.
pub async fn keys_go_with_their_lease_together(store: &dyn CoordStore) {
    let before = Instant::now();
    let lease = grant(store).await;
    put_under(store, "node/1", lease).await;
    let put = put_under(store, "node/2", lease).await;
    assert_eq!(read(store, "node/2").await.unwrap().lease, Some(lease));
    let changes = store.watch("node/", put).next().await.expect("the watch goes on");
    assert!(before.elapsed() >= TTL, "the lease ended after {:?}", before.elapsed());
    let deleted = changes.changes.iter().all(|change| matches!(change, Change::Deleted { .. }));
    assert!(deleted && changes.changes.len() == 2, "both keys are deleted together: {changes:?}");
    assert_eq!(keys(store, "node/").await, [""; 0]);
}

/// Somebody renews: the keys stay.
pub async fn a_lease_that_is_renewed_goes_on(store: &dyn CoordStore) {
    let lease = grant(store).await;
    let put = put_under(store, "node/1", lease).await;
    let begin = Instant::now();
    let mut renewed = begin;
    while begin.elapsed() < TTL * 2 {
        tokio::time::sleep(TTL / 4).await;
        renewed = Instant::now();
        store.renew(lease).await.expect("it has not ended");
        assert_eq!(keys(store, "node/").await, ["node/1"]);
    }
    store.watch("node/", put).next().await.expect("it ends when nobody renews it");
    assert!(renewed.elapsed() >= TTL, "the lease ended {:?} after it was renewed", renewed.elapsed());
    assert_eq!(store.renew(lease).await, Err(LeaseError::Gone));
}

/// Who leaves says so.
pub async fn a_revoked_lease_deletes_its_keys_at_once(store: &dyn CoordStore) {
    let (lease, other) = (grant(store).await, grant(store).await);
    assert_ne!(lease, other);
    put_under(store, "node/1", lease).await;
    put_under(store, "node/2", other).await;
    store.revoke(lease).await.expect("it is there");
    assert_eq!(keys(store, "node/").await, ["node/2"], "the keys of other leases stay");
    store.revoke(lease).await.expect("that it has ended is no error");
    store.revoke(other).await.expect("it is there");
}

/// The last put counts.
pub async fn what_is_put_without_the_lease_stays(store: &dyn CoordStore) {
    let (lease, other) = (grant(store).await, grant(store).await);
    for key in ["kept", "moved", "deleted", "gone"] {
        put_under(store, key, lease).await;
    }
    put(store, "kept", "y").await;
    put_under(store, "moved", other).await;
    store.delete("deleted", Expect::Any).await.unwrap();
    put(store, "deleted", "y").await;
    store.revoke(lease).await.expect("it is there");
    assert_eq!(keys(store, "").await, ["deleted", "kept", "moved"]);
    store.revoke(other).await.expect("it is there");
    assert_eq!(keys(store, "").await, ["deleted", "kept"]);
}

/// Gone is gone.
pub async fn a_lease_that_ended_keeps_nothing(store: &dyn CoordStore) {
    let lease = grant(store).await;
    store.revoke(lease).await.expect("it is there");
    for lease in [lease, LeaseId(999_999)] {
        assert_eq!(try_put(store, "key", "x", Expect::Any, Some(lease)).await, Err(WriteError::LeaseGone));
        assert_eq!(store.renew(lease).await, Err(LeaseError::Gone));
    }
    assert_eq!(read(store, "key").await, None);
}
