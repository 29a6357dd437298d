//! Services without keys, called from a node that does not serve them.

use std::sync::Arc;

use consort_runtime::{Node, NodeBuilder, service};
use tokio::sync::Semaphore;

use crate::nodes::{PATIENCE, address, of, serving, settings, until, until_spread};

/// Knows its node.
pub struct Porter {
    node: &'static str,
    door: Arc<Semaphore>,
}

#[service(name = "porter", pool = 16)]
impl Porter {
    /// Where it is.
    pub async fn node(&self) -> String {
        self.node.to_owned()
    }

    /// Waits for the door to open, if it is on this node.
    pub async fn wait_on(&self, node: String) -> String {
        if self.node == node {
            self.door.acquire().await.unwrap().forget();
        }
        self.node.to_owned()
    }
}

fn porters(node: &'static str, door: &Arc<Semaphore>) -> NodeBuilder {
    let door = door.clone();
    let make = move |_: ()| {
        let door = door.clone();
        async move { Ok::<_, String>(Porter { node, door }) }
    };
    serving(node).serve_with::<Porter, _, _, _>(make)
}

/// A node that calls, two that serve, and the door of all.
async fn hotel() -> ([Node; 3], Arc<Semaphore>) {
    let door = Arc::new(Semaphore::new(0));
    let caller = serving("caller").join(settings(&[])).start().await.unwrap();
    let seeds = [address(&caller)];
    let a = porters("a", &door).join(settings(&seeds)).start().await.unwrap();
    let b = porters("b", &door).join(settings(&seeds)).start().await.unwrap();
    for node in [&caller, &a, &b] {
        until_spread(node, 3).await;
    }
    until(|| of(&caller).members().iter().filter(|member| member.meta.services.contains_key("porter")).count() == 2)
        .await;
    ([caller, a, b], door)
}

/// Where so many calls run, one after the other.
async fn called(caller: &Node, calls: usize) -> Vec<String> {
    let porter = caller.get::<Porter>(());
    let mut nodes = Vec::new();
    for _ in 0..calls {
        nodes.push(porter.node().await.unwrap());
    }
    nodes
}

fn count(nodes: &[String], node: &str) -> usize {
    nodes.iter().filter(|found| *found == node).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_of_a_service_without_keys_go_round_and_past_nodes_that_have_many_to_answer() {
    let ([caller, a, b], door) = hotel().await;
    // both have said by then what they serve
    until_both(&caller).await;
    let nodes = called(&caller, 20).await;
    assert_eq!((count(&nodes, "a"), count(&nodes, "b")), (10, 10), "{nodes:?}");

    let waiting: Vec<_> = (0..8)
        .map(|_| {
            let porter = caller.get::<Porter>(());
            tokio::spawn(async move { porter.wait_on("a".to_owned()).await })
        })
        .collect();
    until(|| waiting.iter().filter(|call| !call.is_finished()).count() < 8).await;
    let held = waiting.iter().filter(|call| !call.is_finished()).count();
    assert!(held > 0, "some came to a");
    let nodes = called(&caller, 20).await;
    assert_eq!(count(&nodes, "b"), 20, "{nodes:?}");
    door.add_permits(8);
    for call in waiting {
        call.await.unwrap().unwrap();
    }
    for node in [a, b, caller] {
        node.shutdown().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_call_of_a_service_without_keys_fails_while_a_node_that_serves_it_leaves() {
    let ([caller, a, b], _) = hotel().await;
    until_both(&caller).await;
    let leaving = tokio::spawn(async move { b.shutdown().await });
    let porter = caller.get::<Porter>(());
    let call = async {
        let mut last = Vec::new();
        while !leaving.is_finished() {
            last.push(porter.node().await.unwrap());
        }
        last
    };
    let nodes = tokio::time::timeout(PATIENCE, call).await.unwrap();
    assert_eq!(nodes.last().map(String::as_str), Some("a"));
    assert_eq!(count(&called(&caller, 20).await, "a"), 20);
    leaving.await.unwrap().unwrap();
    for node in [a, caller] {
        node.shutdown().await.unwrap();
    }
}

/// Waits until calls go to both.
async fn until_both(caller: &Node) {
    let both = async { while count(&called(caller, 2).await, "b") != 1 {} };
    tokio::time::timeout(PATIENCE, both).await.expect("both get calls");
}
