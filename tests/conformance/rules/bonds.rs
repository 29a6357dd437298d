//! Actors that watch others, and share their fate.

use consort::prelude::*;
use consort_testkit::until_async;

use crate::cast::WorkerRef;
use crate::host::Host;

pub async fn a_watcher_is_told_once_of_an_end_and_why(host: &Host) {
    for (watcher, watched) in [(host.near(), host.far()), (host.far(), host.near()), (host.far(), host.far())] {
        let (watcher, watched) = (host.worker_at(&watcher), host.worker_at(&watched));
        watched.ping().await.unwrap();
        watcher.watch(watched.clone()).await.unwrap();
        watched.stumble("a stone".into()).await.unwrap_err();
        let heard = async || !watcher.heard().await.unwrap().is_empty();
        until_async(heard).waiting_for("the watcher to hear of it").await;
        let text = format!("worker{} panicked: it stumbled over a stone", watched.path());
        watched.stumble("another one".into()).await.unwrap_err();
        watched.ping().await.unwrap();
        assert_eq!(watcher.heard().await, Ok(vec![text]));
    }
}

pub async fn a_watcher_of_an_actor_that_is_stopped_hears_of_it(host: &Host) {
    let (watcher, watched) = (host.worker_at(&host.near()), host.worker_at(&host.far()));
    watched.ping().await.unwrap();
    watched.stop().await.unwrap();
    watcher.watch(watched.clone()).await.unwrap();
    let heard = async || !watcher.heard().await.unwrap().is_empty();
    until_async(heard).waiting_for("the watcher to hear of it").await;
    assert_eq!(watcher.heard().await, Ok(vec![format!("worker{} stopped normally", watched.path())]));
}

/// Pairs of workers, each on its own node or both on one, that are linked; a third one watches both.
struct Pair {
    linker: WorkerRef,
    partner: WorkerRef,
    watcher: WorkerRef,
}

impl Pair {
    async fn all(host: &Host) -> Vec<Pair> {
        let mut pairs = Vec::new();
        for (linker, partner) in [(host.near(), host.far()), (host.far(), host.near()), (host.far(), host.far())] {
            let watcher = host.worker_at(&host.near());
            let (linker, partner) = (host.worker_at(&linker), host.worker_at(&partner));
            for worker in [&linker, &partner] {
                worker.ping().await.unwrap();
                watcher.watch(worker.clone()).await.unwrap();
            }
            pairs.push(Pair { linker, partner, watcher });
        }
        pairs
    }

    async fn link(&self) {
        self.linker.link(self.partner.clone()).await.unwrap();
    }

    /// The ends that the watcher heard of, once it has heard of so many.
    async fn ends(&self, count: usize) -> Vec<String> {
        let heard = async || self.watcher.heard().await.unwrap().len() >= count;
        until_async(heard).waiting_for("the watcher to hear of the ends").await;
        let mut ends = self.watcher.heard().await.unwrap();
        ends.sort_unstable();
        ends
    }
}

fn of(worker: &WorkerRef, what: &str) -> String {
    format!("worker{} {what}", worker.path())
}

fn linked_to(worker: &WorkerRef) -> String {
    format!("ended with worker{}, to which it was linked", worker.path())
}

fn sorted<const N: usize>(mut ends: [String; N]) -> Vec<String> {
    ends.sort_unstable();
    ends.into()
}

const STUMBLED: &str = "panicked: it stumbled over a stone";

pub async fn those_who_are_linked_end_together_with_the_reason_and_start_anew(host: &Host) {
    for is_linker in [true, false] {
        for pair in Pair::all(host).await {
            pair.link().await;
            let (first, second) = match is_linker {
                true => (&pair.linker, &pair.partner),
                false => (&pair.partner, &pair.linker),
            };
            let before = second.activation().await.unwrap();
            first.stumble("a stone".into()).await.unwrap_err();
            let ends = sorted([of(first, STUMBLED), of(second, &linked_to(first))]);
            assert_eq!(pair.ends(2).await, ends);
            first.ping().await.unwrap();
            assert_ne!(second.activation().await.unwrap(), before, "its supervisor started it again");
        }
    }
}

pub async fn a_link_ends_both_once(host: &Host) {
    for pair in Pair::all(host).await {
        pair.link().await;
        pair.partner.stumble("a stone".into()).await.unwrap_err();
        pair.ends(2).await;
        let after = pair.linker.activation().await.unwrap();
        pair.partner.ping().await.unwrap();
        pair.partner.stumble("a stone".into()).await.unwrap_err();
        pair.partner.ping().await.unwrap();
        assert_eq!(pair.linker.activation().await, Ok(after), "the link was used up");
    }
}

pub async fn whoever_links_to_one_that_crashed_ends(host: &Host) {
    for pair in Pair::all(host).await {
        pair.partner.stumble("a stone".into()).await.unwrap_err();
        pair.ends(1).await;
        pair.link().await;
        let ends = sorted([of(&pair.partner, STUMBLED), of(&pair.linker, &linked_to(&pair.partner))]);
        assert_eq!(pair.ends(2).await, ends);
    }
}

pub async fn a_normal_stop_dissolves_the_link(host: &Host) {
    for pair in Pair::all(host).await {
        pair.link().await;
        let before = pair.linker.activation().await.unwrap();
        pair.partner.stop().await.unwrap();
        assert_eq!(pair.ends(1).await, [of(&pair.partner, "stopped normally")]);
        pair.partner.ping().await.unwrap();
        pair.watcher.watch(pair.partner.clone()).await.unwrap();
        pair.partner.stumble("a stone".into()).await.unwrap_err();
        pair.ends(2).await;
        assert_eq!(pair.linker.activation().await, Ok(before));
    }
}

pub async fn who_is_unlinked_does_not_end_with_the_other(host: &Host) {
    for pair in Pair::all(host).await {
        let before = (pair.linker.activation().await.unwrap(), pair.partner.activation().await.unwrap());
        pair.link().await;
        pair.linker.unlink(pair.partner.clone()).await.unwrap();
        pair.partner.stumble("a stone".into()).await.unwrap_err();
        pair.ends(1).await;
        assert_eq!(pair.linker.activation().await, Ok(before.0));
        pair.linker.stumble("another one".into()).await.unwrap_err();
        pair.ends(2).await;
        assert_ne!(pair.partner.activation().await, Ok(before.1), "it stumbled itself");
        assert_eq!(pair.watcher.heard().await.unwrap().len(), 2, "each for itself");
    }
}
