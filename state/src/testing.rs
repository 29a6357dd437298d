//! What every [`StateStore`] has to do, as tests that any implementation can run.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! use consort_state::{MemoryStateStore, testing};
//!
//! testing::conformance(async || MemoryStateStore::new()).await;
//! # });
//! ```
//!
//! Each rule is a function of its own, for those who want to run or name them one by one. They panic when the rule is
//! broken, and the text says how. They run in a tokio runtime, which may have one thread or more.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;

use crate::{Claimed, Fence, StateError, StateKey, StateStore};

/// Runs every rule but durability, each on a store of its own. `fresh` makes an empty one.
pub async fn conformance<S: StateStore>(fresh: impl AsyncFn() -> S) {
    a_new_store_has_no_states(&fresh().await).await;
    what_was_saved_last_is_what_the_next_claim_gets(&fresh().await).await;
    every_byte_comes_back(&fresh().await).await;
    keys_are_apart(&fresh().await).await;
    a_claim_keeps_out_who_claimed_before(&fresh().await).await;
    an_owner_that_was_paused_cannot_undo_what_its_successor_saved(&fresh().await).await;
    a_lower_epoch_claims_nothing(&fresh().await).await;
    a_fence_that_nobody_was_given_saves_nothing(&fresh().await).await;
    of_concurrent_activations_none_loses_what_it_was_told_is_saved(Arc::new(fresh().await)).await;
}

/// Runs the rule of stores that outlive their value. `open` opens the same store again, once the one before is dropped.
pub async fn durability<S: StateStore>(open: impl AsyncFn() -> S) {
    let first = {
        let store = open().await;
        let first = claim(&store, COUNTER, 5).await;
        save(&store, COUNTER, first.fence, "one").await;
        first.fence
    };
    let second = {
        let store = open().await;
        save(&store, COUNTER, first, "two").await;
        let second = claim(&store, COUNTER, 7).await;
        assert_eq!(
            second.state.as_deref(),
            Some(b"two".as_slice()),
            "a store that was opened again holds what was saved"
        );
        second.fence
    };
    let store = open().await;
    refused(&store, COUNTER, first, second).await;
    assert_eq!(not_claimed(&store, COUNTER, 6).await, second, "a claim outlives what states outlive");
    assert_eq!(claim(&store, COUNTER, 7).await.state.as_deref(), Some(b"two".as_slice()));
}

/// Nothing is saved before the first save, whatever was claimed.
pub async fn a_new_store_has_no_states(store: &impl StateStore) {
    for epoch in [0, 0, 5, u64::MAX] {
        assert_eq!(claim(store, COUNTER, epoch).await.state, None);
    }
}

/// One state replaces the other, under one claim and over several.
pub async fn what_was_saved_last_is_what_the_next_claim_gets(store: &impl StateStore) {
    let mut last = None;
    for (round, epoch) in [0, 0, 4, 9].into_iter().enumerate() {
        let claimed = claim(store, COUNTER, epoch).await;
        assert_eq!(claimed.state, last, "claim {round}");
        for number in 0..3 {
            let state = format!("{round} {number}");
            save(store, COUNTER, claimed.fence, &state).await;
            last = Some(state.into());
        }
    }
    assert_eq!(claim(store, COUNTER, 9).await.state, last);
    assert_eq!(claim(store, COUNTER, 9).await.state, last, "a claim takes nothing away");
}

/// States are bytes, and none at all is a state too.
pub async fn every_byte_comes_back(store: &impl StateStore) {
    let fence = claim(store, COUNTER, 0).await.fence;
    let all: Vec<u8> = (0..=255).collect();
    for state in [Bytes::new(), all.into(), vec![0; 1 << 20].into(), Bytes::from_static(b"\0"), Bytes::new()] {
        store.save(COUNTER, fence, state.clone()).await.expect("who has claimed saves");
    }
    assert_eq!(claim(store, COUNTER, 0).await.state, Some(Bytes::new()), "an empty state is not the absence of one");
    let fence = claim(store, COUNTER, 0).await.fence;
    let large: Bytes = (0..1_u32 << 18).flat_map(u32::to_le_bytes).collect();
    store.save(COUNTER, fence, large.clone()).await.expect("who has claimed saves");
    assert!(claim(store, COUNTER, 0).await.state == Some(large), "a state of 1 MiB comes back");
}

/// Services and paths that look alike are not; each has fences of its own.
pub async fn keys_are_apart(store: &impl StateStore) {
    let names = [
        ("counter", "/counter/a"),
        ("counter", "/counter/A"),
        ("counter", "/counter/a/"),
        ("counter", "/counter/a%2Fb"),
        ("counter", ""),
        ("counte", "r/counter/a"),
        ("counter2", "/counter/a"),
        ("counter", "/counter/é ' \" \\ %_*"),
    ];
    let keys = names.map(|(service, path)| StateKey { service, path });
    for (epoch, key) in (1..).zip(keys) {
        let claimed = claim(store, key, epoch).await;
        assert_eq!((claimed.fence.turn, claimed.state), (1, None), "{key:?}");
        save(store, key, claimed.fence, &format!("of {epoch}")).await;
    }
    for (epoch, key) in (1_u64..).zip(keys) {
        let claimed = claim(store, key, epoch).await;
        assert_eq!(claimed.state, Some(format!("of {epoch}").into()), "{key:?}");
    }
}

/// Fences only grow, and the newest one alone saves: also within an epoch, and before the new one has saved anything.
pub async fn a_claim_keeps_out_who_claimed_before(store: &impl StateStore) {
    let first = claim(store, COUNTER, 3).await.fence;
    save(store, COUNTER, first, "first").await;
    let second = claim(store, COUNTER, 3).await;
    assert!(second.fence > first, "{} is newer than {first}", second.fence);
    refused(store, COUNTER, first, second.fence).await;
    let third = claim(store, COUNTER, 8).await;
    assert_eq!(
        (third.fence.epoch, third.state.as_deref()),
        (8, Some(b"first".as_slice())),
        "what is refused changes nothing"
    );
    assert!(third.fence > second.fence);
    refused(store, COUNTER, first, third.fence).await;
    refused(store, COUNTER, second.fence, third.fence).await;
    save(store, COUNTER, third.fence, "third").await;
}

/// What the fence is for.
pub async fn an_owner_that_was_paused_cannot_undo_what_its_successor_saved(store: &impl StateStore) {
    let paused = claim(store, COUNTER, 5).await.fence;
    save(store, COUNTER, paused, "5").await;
    let successor = claim(store, COUNTER, 7).await;
    assert_eq!(successor.state.as_deref(), Some(b"5".as_slice()));
    save(store, COUNTER, successor.fence, "6").await;
    refused(store, COUNTER, paused, successor.fence).await;
    save(store, COUNTER, successor.fence, "7").await;
    assert_eq!(claim(store, COUNTER, 7).await.state.as_deref(), Some(b"7".as_slice()));
}

/// Also a start comes too late on a node that has lost the key.
pub async fn a_lower_epoch_claims_nothing(store: &impl StateStore) {
    let newest = claim(store, COUNTER, 7).await.fence;
    for epoch in [0, 6] {
        assert_eq!(not_claimed(store, COUNTER, epoch).await, newest, "epoch {epoch}");
    }
    save(store, COUNTER, newest, "it is still the newest").await;
    assert_eq!(not_claimed(store, COUNTER, 6).await, newest);
    claim(store, COUNTER, u64::MAX).await;
    not_claimed(store, COUNTER, u64::MAX - 1).await;
}

/// A fence is not made up: neither one that is lower nor one that is higher than the newest.
pub async fn a_fence_that_nobody_was_given_saves_nothing(store: &impl StateStore) {
    for fence in [Fence::default(), Fence { epoch: 1, turn: 1 }, Fence { epoch: u64::MAX, turn: u64::MAX }] {
        refused(store, COUNTER, fence, Fence::default()).await;
    }
    let Fence { epoch, turn } = claim(store, COUNTER, 4).await.fence;
    let newest = Fence { epoch, turn };
    for (epoch, turn) in [(3, turn), (5, turn), (epoch, turn - 1), (epoch, turn + 1), (5, 0), (3, turn + 1)] {
        refused(store, COUNTER, Fence { epoch, turn }, newest).await;
    }
    assert_eq!(claim(store, COUNTER, 4).await.state, None, "what is refused changes nothing");
}

/// Activations that count, each until it is fenced by another: no count that was saved is lost, and none is made twice.
pub async fn of_concurrent_activations_none_loses_what_it_was_told_is_saved(store: Arc<impl StateStore>) {
    const TASKS: u64 = 4;
    const ROUNDS: u64 = 16;
    let saved = Arc::new(AtomicU64::new(0));
    let activations = (0..TASKS).map(|_| {
        let (store, saved) = (store.clone(), saved.clone());
        tokio::spawn(async move {
            for _ in 0..ROUNDS {
                let Claimed { fence, state } = claim(&*store, COUNTER, 1).await;
                let mut count = count_of(state);
                for _ in 0..3 {
                    tokio::task::yield_now().await;
                    count += 1;
                    match store.save(COUNTER, fence, count.to_string().into()).await {
                        Ok(()) => drop(saved.fetch_add(1, Ordering::Relaxed)),
                        Err(StateError::Fenced { newest }) => {
                            assert!(newest > fence, "{fence} is refused for a newer one, not for {newest}");
                            break;
                        }
                        Err(error) => panic!("a race is no failure: {error}"),
                    }
                }
            }
        })
    });
    for activation in activations.collect::<Vec<_>>() {
        activation.await.expect("no activation panics");
    }
    let last = claim(&*store, COUNTER, 1).await;
    assert_eq!(count_of(last.state), saved.load(Ordering::Relaxed), "each save that was accepted counts once");
    assert_eq!(last.fence.turn, TASKS * ROUNDS + 1, "each claim is a turn of its own");
}

const COUNTER: StateKey<'_> = StateKey { service: "counter", path: "/counter/orders" };

fn count_of(state: Option<Bytes>) -> u64 {
    state.map_or(0, |state| String::from_utf8_lossy(&state).parse().expect("a count"))
}

async fn claim(store: &impl StateStore, key: StateKey<'_>, epoch: u64) -> Claimed {
    let claimed = store.claim(key, epoch).await.expect("an epoch that is not over claims");
    assert_eq!(claimed.fence.epoch, epoch, "a claim is of the epoch under which it is made");
    claimed
}

async fn not_claimed(store: &impl StateStore, key: StateKey<'_>, epoch: u64) -> Fence {
    match store.claim(key, epoch).await {
        Err(StateError::Fenced { newest }) => newest,
        Err(error) => panic!("a claim of epoch {epoch}, which is over, is refused otherwise: {error}"),
        Ok(claimed) => panic!("a claim of epoch {epoch}, which is over, is accepted as {}", claimed.fence),
    }
}

async fn save(store: &impl StateStore, key: StateKey<'_>, fence: Fence, state: &str) {
    let saved = store.save(key, fence, Bytes::copy_from_slice(state.as_bytes())).await;
    saved.unwrap_or_else(|error| panic!("{fence} is the newest, and is refused: {error}"));
}

async fn refused(store: &impl StateStore, key: StateKey<'_>, fence: Fence, newest: Fence) {
    match store.save(key, fence, Bytes::from_static(b"too late")).await {
        Err(StateError::Fenced { newest: told }) => assert_eq!(told, newest, "who comes too late is told the newest"),
        Err(error) => panic!("{fence} is refused otherwise: {error}"),
        Ok(()) => panic!("{fence} saves, and the newest is {newest}"),
    }
}
