//! What was saved outlives the activation, and the node.

use std::sync::Arc;
use std::time::Duration;

use consort::prelude::*;
use consort::state::{MemoryStateStore, RedbStateStore};
use consort_testkit::{TestNode, until};

use crate::counter::{Counter, in_words, node};

#[tokio::test]
async fn what_was_saved_outlives_a_crash_and_what_was_not_is_gone_with_it() {
    let store = Arc::new(MemoryStateStore::new());
    let node = node(&store).await.panics_allowed();
    let counter = node.get::<Counter>("a");
    assert_eq!(counter.add(3).await, Ok(3));
    assert_eq!(counter.remember(4).await, Ok(7));
    counter.crash().await.unwrap_err();
    assert_eq!(counter.count().await, Ok(3));
    assert_eq!(node.get::<Counter>("b").count().await, Ok(0), "each key has a state of its own");
}

#[tokio::test]
async fn what_was_saved_outlives_a_node_that_is_gone_without_a_word() {
    let store = Arc::new(MemoryStateStore::new());
    let first = node(&store).await;
    assert_eq!(first.get::<Counter>("a").add(3).await, Ok(3));
    assert_eq!(first.get::<Counter>("a").remember(4).await, Ok(7));
    drop(first);
    assert_eq!(node(&store).await.get::<Counter>("a").add(1).await, Ok(4));
}

#[tokio::test]
async fn a_node_that_ends_saves_what_its_actors_remember() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("states.redb");
    for round in 0..3 {
        let store = RedbStateStore::open(&path).unwrap();
        let node = TestNode::start(Node::builder().serve::<Counter>().state_store(store)).await;
        for key in ["a", "b", "c"] {
            assert_eq!(node.get::<Counter>(key).remember(1).await, Ok(round + 1), "{key}");
        }
        node.shutdown().await;
        until(|| RedbStateStore::open(&path).is_ok()).waiting_for("the file to be let go").await;
    }
}

#[tokio::test]
async fn a_stop_and_a_restart_save() {
    let store = Arc::new(MemoryStateStore::new());
    let node = node(&store).await;
    let counter = node.get::<Counter>("a");
    assert_eq!(counter.remember(3).await, Ok(3));
    counter.restart().await.unwrap();
    assert_eq!(counter.remember(1).await, Ok(4));
    counter.stop().await.unwrap();
    assert_eq!(counter.count().await, Ok(4));
}

#[tokio::test(start_paused = true)]
async fn an_actor_that_is_put_away_saves() {
    let store = Arc::new(MemoryStateStore::new());
    let builder = Node::builder().serve::<Counter>().state_store(store).idle_after(Duration::from_secs(60));
    let node = TestNode::start(builder).await;
    let counter = node.get::<Counter>("a");
    assert_eq!(counter.remember(3).await, Ok(3));
    while counter.status().state == LifeState::Running {
        tokio::time::sleep(Duration::from_secs(15)).await;
    }
    assert_eq!(counter.count().await, Ok(3));
    assert_eq!(node.stats()[0].started, 2);
}

/// There is one in all nodes; it starts with its node.
#[derive(Default)]
pub struct Ledger(Vec<String>);

#[service(name = "ledger", unique, stateful)]
impl Ledger {
    #[snapshot]
    async fn snapshot(&self) -> Vec<String> {
        self.0.clone()
    }

    #[restore]
    async fn restore(&mut self, lines: Vec<String>) {
        self.0 = lines;
    }

    pub async fn write(&mut self, line: String) -> Vec<String> {
        self.0.push(line);
        self.0.clone()
    }

    pub async fn save(&mut self, cx: &Cx) -> Result<(), String> {
        cx.save(self).await.map_err(in_words)
    }
}

#[tokio::test]
async fn the_state_of_a_unique_service_is_kept_too() {
    let store = Arc::new(MemoryStateStore::new());
    for lines in 1..=3 {
        let node = TestNode::start(Node::builder().serve::<Ledger>().state_store(store.clone())).await;
        let written = node.get::<Ledger>(()).write(format!("line {lines}")).await.unwrap();
        assert_eq!(written.len(), lines);
        assert_eq!(node.get::<Ledger>(()).save().await, Ok(()));
        node.shutdown().await;
    }
}
