//! [`TestNode`]: a node of one test.

use std::ops::Deref;

use consort_runtime::{Node, NodeBuilder, Service};

use crate::told::Told;

/// A node of one test: isolated from those of other tests, ended when it is dropped, and not silent about handlers
/// that panicked, which a test that only tells would never learn. It is used as the [`Node`] it holds.
///
/// ```
/// # extern crate consort_runtime as consort;
/// # use consort::prelude::*;
/// # use consort_testkit::TestNode;
/// # #[derive(Default)]
/// # pub struct Counter { total: i64 }
/// #
/// # #[service(key = "/counter/{name}")]
/// # impl Counter {
/// #     pub async fn add(&mut self, by: i64) -> i64 { self.total += by; self.total }
/// # }
/// #
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let node = TestNode::of::<Counter>().await;
/// let counter = node.get::<Counter>("orders");
/// assert_eq!(counter.add(3).await, Ok(3));
/// node.shutdown().await;
/// # }
/// ```
///
/// # Panics
/// When it is dropped and a handler of a served service panicked, unless
/// [`panics_allowed`](TestNode::panics_allowed) or the test is failing anyway.
#[derive(Debug)]
#[must_use = "the node ends when it is dropped"]
pub struct TestNode {
    node: Node,
    pub(crate) told: Told,
    panics_allowed: bool,
}

impl TestNode {
    /// Starts what the builder says.
    ///
    /// # Panics
    /// When it does not start.
    ///
    /// # Cancel safety
    /// As [`NodeBuilder::start`].
    pub async fn start(builder: NodeBuilder) -> Self {
        let told = Told::by(builder.events());
        match builder.start().await {
            Ok(node) => TestNode { told, node, panics_allowed: false },
            Err(error) => panic!("the test's node does not start: {error}"),
        }
    }

    /// Starts a node that serves `S` and has default options.
    ///
    /// # Panics
    /// When it does not start.
    ///
    /// # Cancel safety
    /// As [`NodeBuilder::start`].
    pub async fn of<S: Service + Default>() -> Self {
        TestNode::start(Node::builder().serve::<S>()).await
    }

    /// For tests whose handlers are to panic.
    pub fn panics_allowed(mut self) -> Self {
        self.panics_allowed = true;
        self
    }

    /// Ends the node as a program does: lets calls end, runs stop hooks, and fails the test if something went wrong.
    ///
    /// # Panics
    /// When a call does not end within the drain deadline, the node was ended before, or a handler panicked.
    ///
    /// # Cancel safety
    /// Not cancel safe: a dropped shutdown ends the node at once.
    pub async fn shutdown(self) {
        if let Err(error) = self.node.shutdown().await {
            panic!("the test's node does not end well: {error}");
        }
    }

    fn complain(&self) {
        let panicked: Vec<_> = self
            .node
            .stats()
            .into_iter()
            .filter(|kind| kind.panics > 0)
            .map(|kind| format!("{} of `{}`", kind.panics, kind.service))
            .collect();
        assert!(panicked.is_empty(), "handlers panicked: {}", panicked.join(", "));
    }
}

impl Deref for TestNode {
    type Target = Node;

    fn deref(&self) -> &Node {
        &self.node
    }
}

impl Drop for TestNode {
    fn drop(&mut self) {
        if !self.panics_allowed && !std::thread::panicking() {
            self.complain();
        }
    }
}
