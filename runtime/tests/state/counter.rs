//! A counter whose count is kept.

use std::sync::Arc;

use consort::prelude::*;
use consort::state::{SaveError, StateStore};
use consort_testkit::TestNode;

#[derive(Default)]
pub struct Counter(u64);

#[service(name = "counter", key = "/counter/{name}", stateful)]
impl Counter {
    #[snapshot]
    async fn snapshot(&self) -> u64 {
        self.0
    }

    #[restore]
    async fn restore(&mut self, count: u64) {
        self.0 = count;
    }

    pub async fn count(&self) -> u64 {
        self.0
    }

    /// Counts, and saves.
    pub async fn add(&mut self, cx: &Cx, by: u64) -> Result<u64, String> {
        self.0 += by;
        cx.save(self).await.map_err(in_words)?;
        Ok(self.0)
    }

    /// Counts, without saving.
    pub async fn remember(&mut self, by: u64) -> u64 {
        self.0 += by;
        self.0
    }

    pub async fn crash(&mut self) {
        self.0 += 1_000;
        panic!("it crashes");
    }
}

pub fn in_words(error: SaveError) -> String {
    error.to_string()
}

pub async fn node(store: &Arc<impl StateStore>) -> TestNode {
    TestNode::start(Node::builder().serve::<Counter>().state_store(store.clone())).await
}
