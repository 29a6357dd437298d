use std::collections::HashSet;
use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use consort::prelude::*;
use consort_testkit::until;

use crate::counter::Counter;

/// A service without key, spawned from values.
pub struct Spawned {
    n: u64,
    stopped: Arc<AtomicU64>,
}

#[service(name = "spawned", local)]
impl Spawned {
    pub async fn next(&mut self) -> u64 {
        self.n += 1;
        self.n
    }

    #[stop]
    async fn note(&mut self) {
        self.stopped.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn three_gets_of_a_key_are_one_actor_and_two_spawns_are_two() {
    let node = Node::builder().serve::<Counter>().start().await.unwrap();
    let ids: Vec<_> = {
        let mut ids = Vec::new();
        for _ in 0..3 {
            let counter = node.get::<Counter>(("a", "b"));
            counter.start().await.unwrap();
            ids.push(counter.status().activation);
        }
        ids
    };
    assert!(ids.windows(2).all(|pair| pair[0] == pair[1]), "{ids:?}");
    let stopped = Arc::<AtomicU64>::default();
    let one = node.spawn(Spawned { n: 0, stopped: stopped.clone() });
    let two = node.spawn(Spawned { n: 10, stopped: stopped.clone() });
    assert_eq!((one.next().await, two.next().await), (Ok(1), Ok(11)));
}

#[tokio::test]
async fn a_spawned_actor_ends_with_its_last_reference_after_its_mail() {
    let node = Node::builder().start().await.unwrap();
    let stopped = Arc::<AtomicU64>::default();
    let one = node.spawn(Spawned { n: 0, stopped: stopped.clone() });
    let weak = one.downgrade();
    assert!(weak.upgrade().is_some());
    for _ in 0..10 {
        one.next().push().await.unwrap();
    }
    drop(one);
    until(|| stopped.load(Ordering::SeqCst) == 1).await;
    assert!(weak.upgrade().is_none());
}

#[tokio::test]
async fn a_spawned_actor_that_was_stopped_stays_stopped() {
    let node = Node::builder().start().await.unwrap();
    let stopped = Arc::<AtomicU64>::default();
    let one = node.spawn(Spawned { n: 0, stopped: stopped.clone() });
    one.stop().await.unwrap();
    let refused = one.next().await.unwrap_err();
    assert_eq!(refused.code().to_string(), "C0006");
    assert!(one.restart().await.is_err());
    drop(one);
    tokio::task::yield_now().await;
    assert_eq!(stopped.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_reference_names_its_key_in_both_forms() {
    let node = Node::builder().serve::<Counter>().start().await.unwrap();
    let counter = node.get::<Counter>(("a/b", "c"));
    assert_eq!(counter.key(), &("a/b".to_owned(), "c".to_owned()));
    assert_eq!(Reference::path(&counter), "/tenant/a%2Fb/counter/c");
    // the service has a method of the same name: it comes first
    assert_eq!(counter.path().await.as_deref(), Ok("/tenant/a%2Fb/counter/c"));
    assert_eq!(counter.ping().await, Ok("pong"));
}

#[tokio::test]
async fn activations_of_one_node_have_different_ids_whatever_their_service() {
    let node = Node::builder().serve::<Counter>().start().await.unwrap();
    let other = Node::builder().serve::<Counter>().start().await.unwrap();
    let mut ids = HashSet::new();
    for node in [&node, &other] {
        for name in ["a", "b"] {
            let counter = node.get::<Counter>((name, name));
            counter.start().await.unwrap();
            ids.insert(counter.status().activation);
        }
        let spawned = node.spawn(Spawned { n: 0, stopped: Arc::default() });
        ids.insert(spawned.status().activation);
    }
    assert_eq!(ids.len(), 6);
    let sequences: HashSet<_> = ids.iter().map(|id| (id.generation, id.sequence)).collect();
    assert_eq!(sequences.len(), 6, "{ids:?}");
}

/// Counts its live instances.
pub struct Alone {
    live: Arc<AtomicU64>,
}

impl Drop for Alone {
    fn drop(&mut self) {
        self.live.fetch_sub(1, Ordering::SeqCst);
    }
}

#[service(name = "alone", key = "/alone/{id: u32}", idle = "4ms", local)]
impl Alone {
    pub async fn live(&self) -> u64 {
        self.live.load(Ordering::SeqCst)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_weak_reference_and_its_key_are_one_actor_while_keys_are_forgotten() {
    let live = Arc::<AtomicU64>::default();
    let factory = move |_: u32| {
        live.fetch_add(1, Ordering::SeqCst);
        ready(Ok::<_, Never>(Alone { live: live.clone() }))
    };
    let node = Node::builder().serve_with(factory).start().await.unwrap();
    for _ in 0..10 {
        let alone = node.get::<Alone>(1);
        assert_eq!(alone.live().await, Ok(1));
        let weak = alone.downgrade();
        drop(alone);
        // until the key is forgotten under the weak reference
        while let Some(upgraded) = weak.upgrade() {
            assert_eq!(node.get::<Alone>(1).status().activation, upgraded.status().activation);
            drop(upgraded);
            // references keep the key: most of the time there is none
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}
