//! What is left of a node of a cluster once it has ended: nothing.

use std::sync::{Arc, Weak};

use consort_runtime::{Node, service};

use crate::nodes::{settings, until};

/// Holds something of its program's.
pub struct Holder {
    kept: Arc<()>,
}

#[service(name = "holder", key = "/holder/{id: u32}")]
impl Holder {
    /// How many hold it.
    pub async fn holders(&self) -> usize {
        Arc::strong_count(&self.kept)
    }
}

/// A node with one live activation, and what its factory holds, as does the activation.
async fn holding() -> (Node, Weak<()>) {
    let kept = Arc::new(());
    let seen = Arc::downgrade(&kept);
    let factory = move |_: u32| {
        let kept = kept.clone();
        async move { Ok::<_, String>(Holder { kept }) }
    };
    let node = Node::builder().serve_with::<Holder, _, _, _>(factory).join(settings(&[])).start().await.unwrap();
    assert_eq!(node.get::<Holder>(1).holders().await, Ok(2));
    (node, seen)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_node_that_was_shut_down_stays_in_memory() {
    for _ in 0..2 {
        let (node, seen) = holding().await;
        node.shutdown().await.unwrap();
        drop(node);
        until(|| seen.upgrade().is_none()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_node_that_was_dropped_stays_in_memory() {
    let (node, seen) = holding().await;
    drop(node);
    until(|| seen.upgrade().is_none()).await;
}
