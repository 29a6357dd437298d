use consort::prelude::*;
use consort::{CallError, DynamicResult};
use consort_testkit::Gate;
use serde_json::json;

use crate::counter::{Counter, CounterRef};
use crate::worker::workers;

const KEY: &str = "/tenant/acme/counter/orders";

async fn node() -> Node {
    Node::builder().serve::<Counter>().serve::<Clerk>().start().await.unwrap()
}

/// Takes a reference inside a message.
#[derive(Default)]
pub struct Clerk;

#[service(name = "clerk")]
impl Clerk {
    pub async fn book(&mut self, into: CounterRef, amount: i64) -> i64 {
        into.add(amount).await.expect("it fits")
    }
}

#[tokio::test]
async fn a_call_by_names_reaches_the_same_actor() {
    let node = node().await;
    assert_eq!(node.call("counter", KEY, "add", json!({"by": 3})).await, Ok(json!(3)));
    assert_eq!(node.call("counter", KEY, "add", json!([4])).await, Ok(json!(7)));
    assert_eq!(node.get::<Counter>(("acme", "orders")).total().await, Ok(7));
    assert_eq!(node.call("counter", KEY, "add", json!({"by": 99})).await, Err(CallError::App(json!({"limit": 100}))));
    assert_eq!(node.call("counter", KEY, "ping", json!(null)).await, Ok(json!("pong")));
}

#[tokio::test]
async fn references_travel_in_messages() {
    let node = node().await;
    let arguments = json!({"into": format!("counter{KEY}"), "amount": 5});
    assert_eq!(node.call("clerk", "/", "book", arguments).await, Ok(json!(5)));
    let counter = node.get::<Counter>(("acme", "orders"));
    assert_eq!(serde_json::to_value(&counter).unwrap(), json!(format!("counter{KEY}")));
    assert_eq!(counter.total().await, Ok(5));
}

#[tokio::test]
async fn what_is_wrong_is_named_with_what_exists() {
    let node = node().await;
    let wrong: [(DynamicResult, &[&str]); 7] = [
        (node.call("countr", KEY, "add", json!({})).await, &["C0004", "countr", "counter"]),
        (node.call("counter", KEY, "ad", json!({})).await, &["C0010", "`ad`", "add", "total", "ping"]),
        (node.call("counter", "/tenant/acme", "add", json!({})).await, &["C0011", "/tenant/{tenant}/counter/{name}"]),
        (node.call("counter", KEY, "add", json!({"bye": 1})).await, &["C0012", "bye", "by"]),
        (node.call("counter", KEY, "add", json!({"by": "x"})).await, &["C0012", "by", "string"]),
        (node.call("counter", KEY, "add", json!(3)).await, &["C0012", "number"]),
        (node.call("counter", KEY, "add", json!([])).await, &["C0012", "by"]),
    ];
    for (outcome, words) in wrong {
        let text = outcome.unwrap_err().to_string();
        assert!(words.iter().all(|word| text.contains(word)), "{text} should name {words:?}");
    }
    assert!(
        node.stats().iter().all(|kind| kind.service != "counter" || kind.actors == 0),
        "no actor is made for a call that is refused"
    );
}

#[tokio::test]
async fn a_local_service_and_a_large_payload_are_refused() {
    let gate = Gate::closed();
    let local = workers(&gate, Node::builder()).await;
    let refused = local.call("worker", "/worker/1", "done", json!(null)).await.unwrap_err();
    assert_eq!(refused.code().to_string(), "C0013");
    let node = node().await;
    for (size, fits) in [((1 << 20) - 2, true), ((1 << 20) - 1, false)] {
        let refused = node.call("counter", KEY, "add", json!({"by": "x".repeat(size)})).await.unwrap_err();
        let wanted = if fits { "C0012" } else { "C0003" };
        assert_eq!(refused.code().to_string(), wanted, "{size}");
    }
}

#[tokio::test]
async fn services_are_described_with_their_schemas() {
    let services = node().await.services();
    let counter = services.iter().find(|service| service.name == "counter").unwrap();
    assert_eq!((&*counter.version, &*counter.key), ("1.0.0", "/tenant/{tenant}/counter/{name}"));
    let add = &counter.methods[0];
    assert_eq!((&*add.name, &*add.arguments[0].name), ("add", "by"));
    assert!(add.doc.contains("refuses to pass 100"), "{}", add.doc);
    assert_eq!(add.arguments[0].schema["type"], json!("integer"));
    assert!(add.error.as_ref().is_some_and(|schema| schema.to_string().contains("limit")));
}
