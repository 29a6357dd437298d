//! The states of actors while their keys move: the store takes what the newest owner saves, and nothing else.

use std::sync::Arc;
use std::time::Duration;

use consort::prelude::*;
use consort::state::{MemoryStateStore, StateStore};
use consort::{Happened, remote::Placement};
use consort_testkit::TestNode;
use tokio::time::Instant;

use crate::elsewhere::Elsewhere;
use crate::failing::Failing;

/// Counts, and its count is kept.
#[derive(Default)]
pub struct Meter(u64);

#[service(name = "meter", key = "/meter/{name}", stateful)]
impl Meter {
    #[snapshot]
    async fn snapshot(&self) -> u64 {
        self.0
    }

    #[restore]
    async fn restore(&mut self, count: u64) {
        self.0 = count;
    }

    pub async fn add(&mut self, cx: &Cx, by: u64) -> Result<u64, String> {
        self.0 += by;
        cx.save(self).await.map_err(|error| error.to_string())?;
        Ok(self.0)
    }

    pub async fn remember(&mut self, by: u64) -> u64 {
        self.0 += by;
        self.0
    }
}

/// A node that owns what it is asked for under this epoch.
async fn node(epoch: u64, store: &Arc<impl StateStore>) -> (Elsewhere, TestNode) {
    let others = Elsewhere::default();
    others.set_fence(epoch);
    let node = others.join(|builder| builder.serve::<Meter>().state_store(store.clone())).await;
    (others, node)
}

fn all(_: Placement) -> bool {
    true
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(30)
}

#[tokio::test]
async fn an_owner_that_was_paused_cannot_overwrite_what_its_successor_saved() {
    let store = Arc::new(MemoryStateStore::new());
    let ((_, paused), (_, successor)) = (node(5, &store).await, node(7, &store).await);
    let (early, late) = (paused.get::<Meter>("a"), successor.get::<Meter>("a"));
    assert_eq!(early.add(3).await, Ok(3));
    // it does not hear that the key is another's
    assert_eq!(late.add(1).await, Ok(4));
    let refused = early.add(10).await.unwrap_err().to_string();
    assert!(refused.contains("the newest is claim 2 of epoch 7 [C0054]"), "{refused}");
    assert_eq!(late.add(1).await, Ok(5), "what the successor saved stays");
    let refused = early.add(10).await.unwrap_err().to_string();
    assert!(refused.contains("its state was not claimed") && refused.contains("[C0054]"), "{refused}");
    assert!(refused.contains("claim 2 of epoch 7, and this node owns the actor under epoch 5"), "{refused}");
    assert_eq!(late.add(1).await, Ok(6), "a start under an epoch that is over takes nothing from it");
}

#[tokio::test]
async fn an_owner_that_was_paused_saves_nothing_once_its_successor_has_started() {
    let store = Arc::new(MemoryStateStore::new());
    let ((_, paused), (_, successor)) = (node(5, &store).await, node(7, &store).await);
    let (early, late) = (paused.get::<Meter>("a"), successor.get::<Meter>("a"));
    assert_eq!(early.add(3).await, Ok(3));
    assert_eq!(late.remember(0).await, Ok(3), "it has saved nothing yet");
    early.add(10).await.unwrap_err();
    assert_eq!(late.add(1).await, Ok(4), "nobody was told of a count that is lost");
}

#[tokio::test]
async fn what_leaves_is_saved_and_need_not_go_along() {
    let store = Arc::new(MemoryStateStore::new());
    let ((here, left), (_, right)) = (node(5, &store).await, node(7, &store).await);
    assert_eq!(left.get::<Meter>("a").remember(3).await, Ok(3));
    here.take("meter");
    let drained = here.inside().slots().seal(&all).drain(soon()).await;
    assert_eq!((drained.ended, drained.snapshots), (1, vec![]));
    assert_eq!(right.get::<Meter>("a").remember(1).await, Ok(4));
}

#[tokio::test]
async fn what_its_store_does_not_take_goes_along() {
    let store = Arc::new(Failing::default());
    let ((here, left), (there, right)) = (node(5, &store).await, node(7, &store).await);
    assert_eq!(left.get::<Meter>("a").add(3).await, Ok(3));
    assert_eq!(left.get::<Meter>("a").remember(4).await, Ok(7));
    store.fail(true);
    here.take("meter");
    let drained = here.inside().slots().seal(&all).drain(soon()).await;
    there.inside().slots().open(drained.snapshots.into_iter().map(|(_, snapshot)| snapshot));
    store.fail(false);
    assert_eq!(right.get::<Meter>("a").add(1).await, Ok(8), "it is newer than what was saved");
}

#[tokio::test]
async fn what_is_cut_off_says_that_it_has_not_saved() {
    let store = Arc::new(MemoryStateStore::new());
    let (here, left) = node(5, &store).await;
    assert_eq!(left.get::<Meter>("a").add(3).await, Ok(3));
    here.take("meter");
    here.inside().slots().fence(&all);
    let event = left.expect_event(|event| matches!(event.happened, Happened::StateNotSaved { .. })).await;
    assert_eq!((event.service, event.path.as_deref()), ("meter", Some("/meter/a")));
    assert!(event.happened.to_string().contains("it was cut off"), "{}", event.happened);
}
