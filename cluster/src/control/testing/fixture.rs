//! How the suite comes by stores: [`Fixture`].

use std::sync::Arc;

use bytes::Bytes;

use super::super::{CoordStore, Entry, Expect, LeaseId, Read, Revision, Transaction, WriteError};
use super::{leases, limits, watches, writes};

/// Makes stores for the suite.
pub trait Fixture: Sync {
    /// A store without keys that nobody else uses.
    fn fresh(&self) -> impl Future<Output = Arc<dyn CoordStore>> + Send;

    /// Makes the store forget the changes up to its newest. Unless told otherwise, by as many changes as it takes.
    fn compact(&self, store: &Arc<dyn CoordStore>) -> impl Future<Output = ()> + Send {
        let store = Arc::clone(store);
        async move {
            for _ in 0..80 {
                let many = (0..128)
                    .fold(Transaction::new(), |all, at| all.put(&format!("churn/{at}"), "x", Expect::Any, None));
                store.commit(many).await.expect("churn is taken");
            }
        }
    }
}

/// Runs every rule, each on a store of its own.
pub async fn conformance<F: Fixture>(fixture: &F) {
    writes::a_new_store_is_empty(&*fixture.fresh().await).await;
    writes::what_was_put_is_read(&*fixture.fresh().await).await;
    writes::a_write_that_was_too_late_changes_nothing(&*fixture.fresh().await).await;
    writes::revisions_only_grow(&*fixture.fresh().await).await;
    writes::ranges_are_what_begins_so_in_order(&*fixture.fresh().await).await;
    writes::local_reads_see_what_is_there(&*fixture.fresh().await).await;
    writes::a_transaction_is_made_wholly_or_not_at_all(&*fixture.fresh().await).await;
    writes::of_concurrent_writes_one_wins(fixture.fresh().await).await;
    watches::a_watch_may_begin_anywhere(&*fixture.fresh().await).await;
    watches::each_transaction_is_told_whole(&*fixture.fresh().await).await;
    watches::a_watch_tells_all_under_churn_without_a_gap(fixture.fresh().await).await;
    watches::a_watch_that_is_too_far_behind_is_told(fixture).await;
    watches::a_follower_misses_nothing_for_long(fixture).await;
    leases::keys_go_with_their_lease_together(&*fixture.fresh().await).await;
    leases::a_lease_that_is_renewed_goes_on(&*fixture.fresh().await).await;
    leases::a_revoked_lease_deletes_its_keys_at_once(&*fixture.fresh().await).await;
    leases::what_is_put_without_the_lease_stays(&*fixture.fresh().await).await;
    leases::a_lease_that_ended_keeps_nothing(&*fixture.fresh().await).await;
    limits::keys_are_texts(&*fixture.fresh().await).await;
    limits::lengths_have_limits(&*fixture.fresh().await).await;
    limits::ranges_have_a_limit(&*fixture.fresh().await).await;
    limits::leases_have_limits(&*fixture.fresh().await).await;
}

pub(super) async fn put(store: &dyn CoordStore, key: &str, value: &str) -> Revision {
    try_put(store, key, value, Expect::Any, None).await.unwrap_or_else(|error| panic!("{key} cannot be put: {error}"))
}

pub(super) async fn try_put(
    store: &dyn CoordStore,
    key: &str,
    value: &str,
    expect: Expect,
    lease: Option<LeaseId>,
) -> Result<Revision, WriteError> {
    store.put(key, Bytes::copy_from_slice(value.as_bytes()), expect, lease).await
}

pub(super) async fn read(store: &dyn CoordStore, key: &str) -> Option<Entry> {
    store.get(key, Read::Latest).await.unwrap_or_else(|error| panic!("{key} cannot be read: {error}"))
}

pub(super) async fn value(store: &dyn CoordStore, key: &str) -> Option<Bytes> {
    read(store, key).await.map(|entry| entry.value)
}

pub(super) async fn keys(store: &dyn CoordStore, prefix: &str) -> Vec<String> {
    let snapshot = store.range(prefix, Read::Latest).await.unwrap_or_else(|error| panic!("{prefix}: {error}"));
    snapshot.entries.into_iter().map(|entry| entry.key.into_string()).collect()
}
