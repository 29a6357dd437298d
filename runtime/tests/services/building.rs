//! What a builder says before there is a node, and what it can be told twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use consort::prelude::*;
use consort::supervision::RestartPolicy;
use consort::{Happened, ServiceState, StandIn, StartError};
use consort_testkit::TestNode;

use crate::shop::{Cart, Shop, Stock, state};

/// A whole program, as a test finds it.
fn program(shop: &Shop) -> NodeBuilder {
    let once = |rules: &mut consort::Rules| rules.restart.policy = RestartPolicy::Temporary;
    let inside = |group: consort::Group| group.serve_with(Stock::of(shop)).serve_with(Cart::of(shop));
    Node::builder().supervisor("inside", inside).rules::<Stock>(once)
}

#[tokio::test]
async fn a_replaced_service_stays_in_its_place_and_under_its_rules() {
    let (shop, other) = (Shop::default(), Shop::default());
    let node = program(&shop).replace(|with| with.serve_with(Stock::of(&other))).start().await.unwrap();
    assert_eq!(
        (shop.seen().as_str(), other.seen().as_str()),
        ("cart start, cart started", "stock start, stock started")
    );
    node.get::<Stock>(()).fall().await.unwrap_err();
    let mut stock = node.service("stock").unwrap().watch();
    stock.wait_for(|status| !status.is_running()).await.unwrap();
    assert_ne!(state(&node, "stock"), ServiceState::BackingOff, "it is temporary as before");
}

#[tokio::test]
async fn a_stand_in_can_replace_a_service_of_a_whole_program() {
    let shop = Shop::default();
    let scripted = StandIn::<Stock>::new().on("work", |()| Ok::<&'static str, CallError<Never>>("scripted"));
    let node = program(&shop).replace(|with| with.stand_in(scripted)).start().await.unwrap();
    assert_eq!(node.get::<Stock>(()).work().await, Ok("scripted"));
    assert_eq!(node.get::<Cart>(()).work().await, Ok("cart"), "what needs it runs");
}

#[tokio::test]
async fn the_last_replacement_counts_and_one_of_nothing_serves() {
    let (shop, other, last) = (Shop::default(), Shop::default(), Shop::default());
    let by = |builder: NodeBuilder, shop: &Shop| builder.replace(|with| with.serve_with(Stock::of(shop)));
    let builder = [&shop, &other, &last].into_iter().fold(Node::builder(), by);
    let node = builder.start().await.unwrap();
    assert_eq!(node.get::<Stock>(()).work().await, Ok("stock"));
    assert_eq!([shop.seen(), other.seen(), last.seen()], ["", "", "stock start, stock started"]);
}

#[tokio::test]
async fn to_serve_twice_without_saying_so_is_an_error() {
    let shop = Shop::default();
    let twice = program(&shop).serve_with(Stock::of(&shop)).start().await;
    assert!(matches!(twice, Err(StartError::DuplicateService { name: "stock", .. })), "{twice:?}");
}

/// Counts its instances.
pub struct Counted;

#[service(name = "counted", version = "2.1.0", key = "/counted/{id: u32}")]
impl Counted {
    pub async fn look(&self) {}
}

#[tokio::test]
async fn a_builder_says_what_it_serves_without_making_anything() {
    let made = Arc::new(AtomicUsize::new(0));
    let factory = {
        let made = made.clone();
        move |_| {
            made.fetch_add(1, Ordering::SeqCst);
            std::future::ready(Ok::<_, Never>(Counted))
        }
    };
    let builder = program(&Shop::default()).serve_with(factory);
    let described = builder.services();
    let names: Vec<_> = described.iter().map(|it| (&*it.name, &*it.version, &*it.key)).collect();
    assert_eq!(names, [("stock", "1.2.0", ""), ("cart", "0.1.0", ""), ("counted", "2.1.0", "/counted/{id: u32}")]);
    assert_eq!(described[2].methods[0].name, "look");
    assert_eq!(made.load(Ordering::SeqCst), 0);
    let node = builder.start().await.unwrap();
    for id in [1, 2] {
        node.get::<Counted>(id).look().await.unwrap();
    }
    assert_eq!(made.load(Ordering::SeqCst), 2, "each key has a fresh one");
}

#[tokio::test]
async fn the_events_of_a_start_reach_who_asked_the_builder() {
    let shop = Shop::default();
    shop.break_step("stock start", true);
    let builder = program(&shop);
    let mut events = builder.events();
    let node = builder.start().await.unwrap();
    let mut later = node.events();
    let told: Vec<String> = std::iter::from_fn(|| events.try_next()).map(|event| event.to_string()).collect();
    for turn in [
        "stock turns from NotStarted to Starting",
        "stock turns from Starting to Failed",
        "cart turns from NotStarted to Waiting",
    ] {
        assert!(told.iter().any(|event| event.starts_with(turn)), "{turn} is not in {told:#?}");
    }
    assert!(later.try_next().is_none(), "who asks the node is told of what comes later");
    node.service("stock").unwrap().start().await.unwrap_err();
    let seen = events.next().await.unwrap();
    assert!(matches!(seen.happened, Happened::Service { .. }), "{seen}: they go on with the node");
}

#[tokio::test]
async fn the_test_kit_hears_the_start_of_its_node() {
    let node = TestNode::start(program(&Shop::default())).await;
    node.expect_event(|event| event.service == "stock" && event.to_string().contains("to Running")).await;
}

#[tokio::test]
async fn events_end_with_a_start_that_fails() {
    let shop = Shop::default();
    let builder = program(&shop).serve_with(Stock::of(&shop));
    let mut events = builder.events();
    builder.start().await.unwrap_err();
    assert!(events.next().await.is_none());
}
