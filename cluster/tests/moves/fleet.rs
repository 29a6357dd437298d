//! Nodes that come and go, and the services they serve.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use consort_cluster::{ClusterExt, ClusterSettings};
use consort_runtime::{Cx, Node, NodeBuilder, service};
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::Instant;

use crate::identity::identity;

/// Longer than anything takes on two slow cores.
pub const LONG: Duration = Duration::from_secs(60);

/// Who wrote where.
type Line = (String, u32);

/// What was written by whom: outside of all nodes, so that no move loses it.
#[derive(Clone, Default)]
pub struct Book(Arc<parking_lot::Mutex<BTreeMap<Line, Vec<u32>>>>);

impl Book {
    pub fn lines(&self) -> BTreeMap<Line, Vec<u32>> {
        self.0.lock().clone()
    }

    pub fn count(&self) -> usize {
        self.0.lock().values().map(Vec::len).sum()
    }
}

/// Writes into the book.
pub struct Clerk(Book);

#[service(name = "clerk", key = "/clerk/{name}", crate = "consort_runtime")]
impl Clerk {
    pub async fn write(&mut self, cx: &Cx, sender: u32, number: u32) {
        self.0.0.lock().entry((cx.path().to_owned(), sender)).or_default().push(number);
        if number.is_multiple_of(64) {
            // some handlers still run when their key moves
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

/// There is one in all nodes.
pub struct Captain(Arc<AtomicU64>);

#[service(name = "captain", unique, crate = "consort_runtime")]
impl Captain {
    #[start]
    async fn start(&mut self) -> Result<(), std::convert::Infallible> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    #[stop]
    async fn stop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    pub async fn look(&self) {}
}

/// One fleet at a time: several would take the processors from each other until leases end, and what their actors know
/// with them.
static SEA: Mutex<()> = Mutex::const_new(());

/// A cluster in this process.
pub struct Fleet {
    _sea: MutexGuard<'static, ()>,
    pub book: Book,
    /// How many captains there are.
    pub captains: Arc<AtomicU64>,
    seeds: parking_lot::Mutex<Vec<String>>,
}

impl Fleet {
    /// Without a node, once the fleets before it are gone.
    pub async fn new() -> Self {
        let (book, captains, seeds) = Default::default();
        Fleet { _sea: SEA.lock().await, book, captains, seeds }
    }

    /// A further node; the first one forms the cluster, the others look for it.
    pub async fn sail(&self) -> Node {
        let (book, captains) = (self.book.clone(), self.captains.clone());
        let clerk = move |_| {
            let book = book.clone();
            async move { Ok::<_, String>(Clerk(book)) }
        };
        let captain = move |_| {
            let captains = captains.clone();
            async move { Ok::<_, String>(Captain(captains)) }
        };
        self.launch(Node::builder().serve_with(clerk).serve_with(captain)).await
    }

    /// The same, serving something else.
    pub async fn launch(&self, builder: NodeBuilder) -> Node {
        let seeds = self.seeds.lock().clone();
        let settings = ClusterSettings {
            bind: "127.0.0.1:0".parse().ok(),
            identity: Some(identity()),
            ..ClusterSettings::seeds(seeds.iter().map(String::as_str))
        };
        let node = builder.drain_deadline(LONG).join(settings).start().await.unwrap();
        self.seeds.lock().push(address(&node));
        node
    }
}

fn address(node: &Node) -> String {
    let cluster = node.cluster().unwrap();
    cluster.members().by_life(cluster.me()).unwrap().address.to_string()
}

/// How many slots a node has.
pub fn held(node: &Node) -> usize {
    let cluster = node.cluster().unwrap();
    cluster.shares().nodes.get(&cluster.me()).map_or(0, |share| share.held)
}

/// Waits until something is so.
pub async fn until(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < LONG, "not within {LONG:?}: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
