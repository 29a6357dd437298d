//! What is set on one node is in force on all.

use std::sync::Arc;
use std::time::SystemTime;

use consort_runtime::config::{ConfigError, Edit, MemoryStore, SetError, Store, StoreError};
use consort_runtime::{Cx, Node, NodeBuilder, service, wire};
use tokio::time::timeout;

use crate::nodes::{PATIENCE, address, settings, until};

/// What a till may take.
#[wire]
pub struct TillConfig {
    /// Coins.
    #[schemars(range(min = 1, max = 1000), extend("x-hot" = true))]
    limit: u32,
    /// Its place, which is read at a start.
    place: u32,
}

impl Default for TillConfig {
    fn default() -> Self {
        TillConfig { limit: 20, place: 0 }
    }
}

/// Knows its limits.
#[derive(Default)]
pub struct Till;

#[service(name = "till", config = TillConfig)]
impl Till {
    /// Both of them.
    pub async fn limits(&self, cx: &Cx) -> (u32, u32) {
        let config = cx.config::<TillConfig>();
        (config.limit, config.place)
    }
}

fn serving() -> NodeBuilder {
    Node::builder().drain_deadline(PATIENCE).serve::<Till>()
}

async fn node(seeds: &[String]) -> Node {
    serving().join(settings(seeds)).start().await.unwrap()
}

fn edit(path: &str, value: u32) -> Edit {
    Edit::by("ann", SystemTime::UNIX_EPOCH).set(path, value)
}

/// What its own till says.
async fn limits(node: &Node) -> (u32, u32) {
    let till: TillRef = node.get::<Till>(());
    till.limits().await.unwrap()
}

async fn until_limit(node: &Node, limit: u32) {
    let wait = async {
        while limits(node).await.0 != limit {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, wait).await.expect("it hears of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_set_on_one_node_reaches_the_services_of_all_and_those_that_come_later() {
    let first = node(&[]).await;
    let seeds = [address(&first)];
    let second = node(&seeds).await;
    assert_eq!(second.set_config(edit("till.limit", 30)).await.unwrap().revision, 1);
    until_limit(&first, 30).await;
    // of many changes from both sides none is lost, and the numbers have no gaps
    for number in 1..=10 {
        let (here, there) = (edit("till.limit", 30 + number), edit("till.place", number));
        let (here, there) = tokio::join!(first.set_config(here), second.set_config(there));
        assert!(here.is_ok() && there.is_ok(), "{here:?} {there:?}");
    }
    until(|| first.config().revision() == 21 && second.config().revision() == 21).await;
    until_limit(&second, 40).await;
    let said = second.config().explain("till.limit").unwrap().to_string();
    assert!(said.starts_with("till.limit = 40 (revision ") && said.contains("by ann"), "{said}");

    let third = node(&seeds).await;
    assert_eq!(limits(&third).await, (40, 10), "whoever comes later starts with all of it, cold values too");
    third.roll_back_config(1, "bob").await.unwrap();
    until_limit(&first, 30).await;
    for node in [third, second, first] {
        node.shutdown().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_given_a_store_uses_that_one() {
    let own = Arc::new(MemoryStore::new());
    let first = node(&[]).await;
    let second = serving().config_store(own.clone()).join(settings(&[address(&first)])).start().await.unwrap();
    second.set_config(edit("till.limit", 30)).await.unwrap();
    assert!(own.load().unwrap().values.len() == 1 && first.config().revision() == 0);
    second.shutdown().await.unwrap();
    first.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_quorum_nothing_is_set_and_what_is_in_force_stays() {
    let first = node(&[]).await;
    let second = node(&[address(&first)]).await;
    second.set_config(edit("till.limit", 30)).await.unwrap();
    let gone = address(&first);
    drop(first);
    // until it has ended it takes what is set
    until(|| std::net::UdpSocket::bind(&gone).is_ok()).await;
    let refused = second.set_config(edit("till.limit", 40)).await;
    let is_missed = matches!(refused, Err(ConfigError::Store(SetError::Store(StoreError::Unavailable { .. }))));
    assert!(is_missed, "{refused:?}");
    assert_eq!(limits(&second).await.0, 30);
}
