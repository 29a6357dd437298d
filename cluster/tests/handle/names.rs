//! Calls by names of services that only other nodes serve.

use std::time::Duration;

use consort_runtime::error::Code;
use consort_runtime::{CallError, Cx, Node, NotRun, service, wire};
use serde_json::{Value, json};

use crate::nodes::{Counter, CounterRef, Greeter, address, client, of, settings, until};

#[wire]
pub struct Refused {
    pub limit: i64,
}

/// Takes money.
#[derive(Default)]
pub struct Till {
    total: i64,
}

#[service(name = "till", version = "2.1.0", key = "/shop/{shop}/till/{number: u32}")]
impl Till {
    /// Takes so much, and refuses to pass 100.
    pub async fn pay(&mut self, amount: i64) -> Result<i64, Refused> {
        if self.total + amount > 100 {
            return Err(Refused { limit: 100 });
        }
        self.total += amount;
        Ok(self.total)
    }

    /// How much time its caller has left, in milliseconds.
    pub async fn left(&self, cx: &Cx) -> Option<u64> {
        cx.deadline().map(|deadline| deadline.saturating_duration_since(std::time::Instant::now()).as_millis() as u64)
    }
}

/// Asks by name.
#[derive(Default)]
pub struct Asker;

#[service(name = "asker")]
impl Asker {
    /// What a till answers to it.
    pub async fn left(&self, cx: &Cx) -> String {
        match cx.node().call("till", "/shop/a/till/1", "left", json!({})).await {
            Ok(left) => left.to_string(),
            Err(error) => error.to_string(),
        }
    }
}

/// A node that serves no keys, and one that serves all of them.
async fn front_and_back() -> [Node; 2] {
    let front = Node::builder().name("front").serve::<Greeter>().serve::<Asker>();
    let front = front.join(settings(&[])).start().await.unwrap();
    let back = crate::nodes::serving("back").serve::<Till>().join(settings(&[address(&front)]));
    let back = back.start().await.unwrap();
    let (view, owner) = (of(&front), of(&back).me());
    until(|| {
        let shares = view.shares();
        shares.is_settled() && shares.nodes.get(&owner).is_some_and(|share| share.held == 4_096)
    })
    .await;
    [front, back]
}

async fn shut_down([front, back]: [Node; 2]) {
    back.shutdown().await.unwrap();
    front.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_only_another_node_serves_is_called_by_name() {
    let nodes = front_and_back().await;
    let [front, back] = &nodes;
    let add = async |arguments: Value| front.call("counter", "/counter/7", "add", arguments).await;
    assert_eq!(add(json!({ "by": 3 })).await, Ok(json!(3)));
    assert_eq!(add(json!([4])).await, Ok(json!(7)), "by position");
    let counter: CounterRef = front.get::<Counter>(7);
    assert_eq!(counter.add(1).await, Ok(8), "it is the same actor");
    assert_eq!(front.call("counter", "/counter/7", "ping", json!({})).await, Ok(json!("pong")));
    assert_eq!(back.call("greeter", "/", "greet", json!({})).await, Ok(json!("hello")), "without key");
    shut_down(nodes).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_of_a_node_that_has_just_come_is_called_by_name() {
    for _ in 0..5 {
        let front = Node::builder().name("front").serve::<Greeter>().join(settings(&[])).start().await.unwrap();
        let back = crate::nodes::serving("back").serve::<Till>().join(settings(&[address(&front)]));
        let starting = tokio::spawn(back.start());
        until(|| of(&front).members().present().count() == 2).await;
        let paid = front.call("till", "/shop/a/till/1", "pay", json!([3])).await;
        assert_eq!(paid, Ok(json!(3)), "{:?}", of(&front).members());
        shut_down([front, starting.await.unwrap().unwrap()]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clients_calls_by_name_end_as_typed_ones() {
    let nodes = front_and_back().await;
    let client = client(&[address(&nodes[0])]).await;
    let pay = async |amount: i64| client.call("till", "/shop/a%2Fb/till/1", "pay", json!({ "amount": amount })).await;
    assert_eq!(pay(99).await, Ok(json!(99)));
    assert_eq!(pay(2).await, Err(CallError::App(json!({ "limit": 100 }))));
    client.close().await.unwrap();
    shut_down(nodes).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_name_is_said_by_who_knows_it() {
    let nodes = front_and_back().await;
    let client = client(&[address(&nodes[0])]).await;
    for node in [&nodes[0], client.node()] {
        let said = async |service: &str, path: &str, method: &str, arguments: Value| {
            let error = node.call(service, path, method, arguments).await.unwrap_err();
            (error.code(), error.to_string())
        };
        let (code, text) = said("tll", "/shop/a/till/1", "pay", json!({})).await;
        assert!(code == Code::NOT_SERVED && text.contains("did you mean `till`?"), "{text}");
        let (code, text) = said("till", "/shop/a/till/x", "pay", json!({})).await;
        assert!(code == Code::BAD_KEY && text.contains("/shop/{shop}/till/{number"), "{text}");
        let (code, text) = said("till", "/shop/a/till/1", "pey", json!({})).await;
        assert!(code == Code::UNKNOWN_METHOD && text.contains("did you mean `pay`?"), "{text}");
        let (code, text) = said("till", "/shop/a/till/1", "pay", json!({ "amount": "much" })).await;
        assert!(code == Code::BAD_ARGUMENT && text.contains("amount"), "{text}");
    }
    client.close().await.unwrap();
    shut_down(nodes).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_only_another_node_serves_is_described_as_there() {
    let nodes = front_and_back().await;
    let [front, back] = &nodes;
    let client = client(&[address(front)]).await;
    let own = back.services().into_iter().find(|service| service.name == "till").unwrap();
    assert_eq!(own.methods[0].doc, "Takes so much, and refuses to pass 100.");
    for node in [front, back, client.node()] {
        assert_eq!(node.describe("till").await, Ok(own.clone()));
    }
    let unknown = client.describe("tll").await.unwrap_err();
    assert!(matches!(unknown, CallError::NotRun(NotRun::NotServed { .. })), "{unknown}");
    client.close().await.unwrap();
    shut_down(nodes).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_by_name_inherits_the_deadline_of_the_handler_that_makes_it() {
    let nodes = front_and_back().await;
    let asker: AskerRef = nodes[0].get::<Asker>(());
    assert_eq!(asker.left().await, Ok("null".to_owned()));
    let left: u64 = asker.left().timeout(Duration::from_secs(60)).await.unwrap().parse().unwrap();
    assert!((1..=60_000).contains(&left), "{left}");
    shut_down(nodes).await;
}
