//! Actors that watch others over nodes.

use std::sync::Arc;

use consort_cluster::ClusterExt;
use consort_runtime::supervision::{End, ExitReason};
use consort_runtime::{Cx, Never, Node, Reference, service};
use parking_lot::Mutex;

use crate::nodes::{Counter, CounterRef, address, of, serving, settings, until, until_spread};

/// Notes the ends of counters.
pub struct Desk {
    heard: Heard,
}

type Heard = Arc<Mutex<Vec<End>>>;

#[service(name = "desk", local)]
impl Desk {
    /// Watches one.
    pub async fn watch(&mut self, cx: &Cx, counter: CounterRef) {
        let heard = self.heard.clone();
        cx.watch(&counter, async move |end| heard.lock().push(end)).unwrap();
    }
}

/// Two nodes; the first one has a desk, whose ear is returned.
async fn two_nodes() -> ([Node; 2], Heard) {
    let heard = Heard::default();
    let theirs = heard.clone();
    let make = move |()| std::future::ready(Ok::<_, Never>(Desk { heard: theirs.clone() }));
    let one = serving("one").serve_with(make).join(settings(&[])).start().await.unwrap();
    let other = crate::nodes::node("other", &[address(&one)]).await;
    until_spread(&one, 2).await;
    until_spread(&other, 2).await;
    ([one, other], heard)
}

/// A counter that lives on the other node, seen from the first one and watched there.
async fn watched([one, other]: &[Node; 2]) -> CounterRef {
    let lives_there = |key: &u32| one.explain::<Counter>(*key).unwrap().holder().unwrap().life == of(other).me();
    let counter: CounterRef = one.get::<Counter>((0..).find(lives_there).unwrap());
    counter.add(1).await.unwrap();
    let desk: DeskRef = one.get::<Desk>(());
    desk.watch(counter.clone()).await.unwrap();
    // what is sent to one actor comes there in its order: the watch is there
    counter.add(1).await.unwrap();
    counter
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_hears_of_the_end_of_the_node() {
    let (nodes, heard) = two_nodes().await;
    let counter = watched(&nodes).await;
    let [one, other] = nodes;
    // without a word
    drop(other);
    until(|| !heard.lock().is_empty()).await;
    let end = heard.lock()[0].clone();
    assert_eq!(*end.who, *format!("counter{}", counter.path()));
    assert!(matches!(&end.reason, ExitReason::Lost(why) if why.contains("was lost during the call")), "{}", end.reason);
    // its key answers here once it is known to be gone
    assert_eq!(counter.add(1).await, Ok(1));
    counter.stop().await.unwrap();
    assert_eq!(heard.lock().len(), 1, "told once");
    one.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_goes_with_a_key_that_moves() {
    let (nodes, heard) = two_nodes().await;
    let counter = watched(&nodes).await;
    let [one, other] = nodes;
    // hands its keys over
    other.shutdown().await.unwrap();
    assert_eq!(counter.node().await, Ok("one".into()));
    assert!(heard.lock().is_empty(), "{:?}", heard.lock());
    counter.stop().await.unwrap();
    until(|| !heard.lock().is_empty()).await;
    let reasons: Vec<_> = heard.lock().iter().map(|end| end.reason.clone()).collect();
    assert_eq!(reasons, [ExitReason::Normal]);
    one.shutdown().await.unwrap();
}
