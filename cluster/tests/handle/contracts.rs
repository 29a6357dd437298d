//! Nodes that serve different versions of a service.

use consort_cluster::{Client, ClusterExt};
use consort_runtime::error::Code;
use consort_runtime::{CallError, Node, NotRun};

use crate::nodes::{address, client, of, settings, until_spread};

/// The service as it was.
mod old {
    use consort_runtime::service;

    /// Writes lines.
    #[derive(Default)]
    pub struct Ledger;

    #[service(name = "ledger", version = "1.2.0", key = "/ledger/{id: u32}")]
    impl Ledger {
        /// Which version answers.
        pub async fn version(&self) -> String {
            "1.2.0".to_owned()
        }
    }
}

/// The service with one method more.
mod newer {
    use consort_runtime::service;

    /// Writes lines.
    #[derive(Default)]
    pub struct Ledger;

    #[service(name = "ledger", version = "1.3.0", key = "/ledger/{id: u32}")]
    impl Ledger {
        /// Which version answers.
        pub async fn version(&self) -> String {
            "1.3.0".to_owned()
        }

        /// Only here.
        pub async fn lines(&self) -> u64 {
            0
        }
    }
}

/// The service with another contract.
mod broken {
    use consort_runtime::service;

    /// Writes lines.
    #[derive(Default)]
    pub struct Ledger;

    #[service(name = "ledger", version = "2.0.0", key = "/ledger/{id: u32}")]
    impl Ledger {
        /// Which version answers.
        pub async fn version(&self) -> String {
            "2.0.0".to_owned()
        }
    }
}

/// A node of each.
async fn both(one: consort_runtime::NodeBuilder, other: consort_runtime::NodeBuilder) -> [Node; 2] {
    let one = one.join(settings(&[])).start().await.unwrap();
    let other = other.join(settings(&[address(&one)])).start().await.unwrap();
    until_spread(&one, 2).await;
    until_spread(&other, 2).await;
    [one, other]
}

/// A key that lives on the node.
fn key_of(node: &Node) -> u32 {
    let lives_there = |key: &u32| node.explain::<old::Ledger>(*key).unwrap().holder().unwrap().life == of(node).me();
    (0..).find(lives_there).unwrap()
}

async fn shut_down(nodes: [Node; 2]) {
    for node in nodes {
        node.shutdown().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_of_another_contract_is_refused_with_both_versions() {
    let nodes = both(Node::builder().serve::<old::Ledger>(), Node::builder().serve::<broken::Ledger>()).await;
    let [one, other] = &nodes;
    let (here, there) = (key_of(one), key_of(other));
    assert_eq!(one.get::<old::Ledger>(here).version().await, Ok("1.2.0".into()));
    assert_eq!(other.get::<broken::Ledger>(there).version().await, Ok("2.0.0".into()));

    let refused = one.get::<old::Ledger>(there).version().await.unwrap_err();
    assert_eq!(refused, CallError::NotRun(NotRun::contract("ledger", "1.2.0", "2.0.0")));
    assert_eq!((refused.code(), refused.is_retryable()), (Code::CONTRACT, false));
    let told = other.get::<broken::Ledger>(here).version().push().await;
    assert_eq!(told, Err(NotRun::contract("ledger", "2.0.0", "1.2.0")), "a tell is refused, too");
    let named = one.call("ledger", &format!("/ledger/{there}"), "version", serde_json::json!({})).await.unwrap_err();
    assert_eq!(named.code(), Code::CONTRACT);

    let client: Client = client(&[address(one)]).await;
    assert_eq!(client.get::<old::Ledger>(here).version().await, Ok("1.2.0".into()));
    assert_eq!(client.get::<old::Ledger>(there).version().await, Err(refused));
    client.close().await.unwrap();
    shut_down(nodes).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_that_go_together_call_each_other_and_what_only_one_has_is_named() {
    let nodes = both(Node::builder().serve::<old::Ledger>(), Node::builder().serve::<newer::Ledger>()).await;
    let [one, other] = &nodes;
    let (here, there) = (key_of(one), key_of(other));
    assert_eq!(one.get::<old::Ledger>(there).version().await, Ok("1.3.0".into()));
    assert_eq!(other.get::<newer::Ledger>(here).version().await, Ok("1.2.0".into()));
    assert_eq!(other.get::<newer::Ledger>(there).lines().await, Ok(0));
    let refused = other.get::<newer::Ledger>(here).lines().await.unwrap_err();
    assert_eq!(refused.code(), Code::UNKNOWN_METHOD);
    assert!(refused.to_string().contains("`version`"), "{refused}");
    shut_down(nodes).await;
}
