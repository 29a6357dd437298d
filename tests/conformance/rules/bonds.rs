//! Actors that watch others.

use consort::prelude::*;
use consort_testkit::until_async;

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
