//! How large a state may be.

use std::sync::Arc;

use consort::prelude::*;
use consort::remote::Snapshot;
use consort::state::{MemoryStateStore, StateKey, StateStore};
use consort_testkit::TestNode;

use crate::counter::in_words;

/// Holds as much as it is told to.
#[derive(Default)]
pub struct Hulk(String);

#[service(name = "hulk", key = "/hulk/{name}", stateful)]
impl Hulk {
    #[snapshot]
    async fn snapshot(&mut self) -> String {
        self.0.clone()
    }

    #[restore]
    async fn restore(&mut self, text: String) {
        self.0 = text;
    }

    pub async fn grow(&mut self, cx: &Cx, bytes: usize) -> Result<(), String> {
        self.0 = "x".repeat(bytes);
        cx.save(self).await.map_err(in_words)
    }
}

#[tokio::test]
async fn a_state_has_64_mib_at_most() {
    // a long string begins with its length
    const HEAD: usize = 5;
    let store = Arc::new(MemoryStateStore::new());
    let node = TestNode::start(Node::builder().serve::<Hulk>().state_store(store.clone())).await;
    let hulk = node.get::<Hulk>("a");
    assert_eq!(hulk.grow(Snapshot::STATE_MAX - HEAD).await, Ok(()));
    let refused = hulk.grow(Snapshot::STATE_MAX - HEAD + 1).await.unwrap_err().to_string();
    assert!(refused.contains("it has 67108865 bytes, and 67108864 can be saved [C0056]"), "{refused}");
    let kept = store.claim(StateKey { service: "hulk", path: "/hulk/a" }, 0).await.unwrap().state;
    assert_eq!(kept.map(|state| state.len()), Some(Snapshot::STATE_MAX), "what was saved before is still there");
}
