//! What every [`CoordStore`](super::CoordStore) has to do, as tests that any implementation can run.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap().block_on(async {
//! use std::sync::Arc;
//! use consort_cluster::control::{CoordStore, MemoryStore, testing};
//!
//! struct Memory;
//!
//! impl testing::Fixture for Memory {
//!     async fn fresh(&self) -> Arc<dyn CoordStore> {
//!         Arc::new(MemoryStore::new())
//!     }
//! }
//! testing::conformance(&Memory).await;
//! # });
//! ```
//!
//! Each rule is a function of its own, for those who want to run or name them one by one. They panic when the rule is
//! broken, and the text says how. Rules wait for what they wait for; only leases take time.

mod fixture;
mod leases;
mod limits;
mod watches;
mod writes;

pub use fixture::{Fixture, conformance};
pub use leases::{
    a_lease_that_ended_keeps_nothing, a_lease_that_is_renewed_goes_on, a_revoked_lease_deletes_its_keys_at_once,
    keys_go_with_their_lease_together, what_is_put_without_the_lease_stays,
};
pub use limits::{keys_are_texts, leases_have_limits, lengths_have_limits, ranges_have_a_limit};
pub use watches::{
    a_follower_misses_nothing_for_long, a_watch_may_begin_anywhere, a_watch_tells_all_under_churn_without_a_gap,
    a_watch_that_is_too_far_behind_is_told, each_transaction_is_told_whole,
};
pub use writes::{
    a_new_store_is_empty, a_transaction_is_made_wholly_or_not_at_all, a_write_that_was_too_late_changes_nothing,
    local_reads_see_what_is_there, of_concurrent_writes_one_wins, ranges_are_what_begins_so_in_order,
    revisions_only_grow, what_was_put_is_read,
};
