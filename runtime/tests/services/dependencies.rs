//! What services need from one another.

use consort::prelude::*;
use consort::{CallError, Happened, NotRun, ServiceState, StartError};
use consort_testkit::until;

use crate::shop::{Cart, Mail, Shop, Stock, Till, code, service, state};

/// Serves them in the order that is wrong.
fn all(shop: &Shop) -> NodeBuilder {
    Node::builder().serve_with(Till::of(shop)).serve_with(Cart::of(shop)).serve_with(Stock::of(shop))
}

#[tokio::test]
async fn services_start_after_those_they_need_and_stop_before_them() {
    let shop = Shop::default();
    let node = all(&shop).start().await.unwrap();
    let started = "stock start, stock started, cart start, cart started, till start, till started";
    assert_eq!(shop.seen(), started);
    node.shutdown().await.unwrap();
    assert_eq!(shop.seen(), "till stop, cart stop, stock stop");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_waits_refuses_calls_from_the_moment_in_which_the_node_has_started() {
    for round in 0..200 {
        let node = Node::builder().serve::<circle::Hen>().start().await.unwrap();
        assert_eq!(code(node.get::<circle::Hen>(()).work().await), "C0015", "round {round}");
    }
}

/// Two that need each other.
mod circle {
    #[derive(Default)]
    pub struct Hen;

    #[consort::service(name = "hen", depends(hard = "egg"))]
    impl Hen {
        pub async fn work(&self) {}
    }

    #[derive(Default)]
    pub struct Egg;

    #[consort::service(name = "egg", depends(hard = "hen"))]
    impl Egg {
        pub async fn work(&self) {}
    }
}

#[tokio::test]
async fn a_cycle_is_an_error_of_the_start_that_names_it() {
    let builder = || Node::builder().serve::<circle::Hen>().serve::<circle::Egg>();
    let error = builder().start().await.unwrap_err();
    assert!(matches!(error, StartError::DependencyCycle { .. }));
    assert!(error.to_string().contains("hen → egg → hen") && error.to_string().ends_with("[C0035]"), "{error}");
    assert_eq!(builder().check_dependencies().unwrap_err(), error, "and of the check before");
}

#[tokio::test]
async fn what_has_to_come_from_outside_is_known_before_the_start() {
    let shop = Shop::default();
    assert_eq!(all(&shop).check_dependencies().unwrap(), []);
    let missing = Node::builder().serve_with(Cart::of(&shop)).serve_with(Mail::of(&shop)).check_dependencies().unwrap();
    let texts: Vec<String> = missing.iter().map(ToString::to_string).collect();
    assert_eq!(texts, ["cart needs stock ^1.2; none is available", "mail can use stock *; none is available"]);
}

#[tokio::test]
async fn a_service_waits_for_what_it_needs_and_says_so_until_it_is_there() {
    let shop = Shop::default();
    let node = Node::builder().serve_with(Cart::of(&shop)).start().await.unwrap();
    let cart = node.get::<Cart>(());
    node.provide("stock", "1.0.3").await.unwrap();
    let missing = "cart needs stock ^1.2; available 1.0.3";
    until(|| service(&node, "cart").status().why.as_deref() == Some(missing)).await;
    assert_eq!(state(&node, "cart"), ServiceState::Waiting);
    let Err(CallError::NotRun(refused)) = cart.work().await else { panic!("it waits") };
    assert_eq!(refused.to_string(), format!("service `cart` is not available: {missing} [C0085]"));
    let NotRun::VersionUnavailable(of) = &refused else { panic!("{refused:?}") };
    assert_eq!((&*of.wanted, &*of.available), ("stock ^1.2", &["1.0.3".into()][..]));
    assert_eq!(service(&node, "cart").start().await.unwrap_err(), refused, "an order is told the same");
    assert_eq!(node.check_dependencies().iter().map(ToString::to_string).collect::<Vec<_>>(), [missing]);

    node.provide("stock", "1.4").await.unwrap();
    until(|| state(&node, "cart") == ServiceState::Running).await;
    assert_eq!(cart.work().await, Ok("cart"));
    assert_eq!((node.check_dependencies(), service(&node, "cart").status().missing), (vec![], vec![]));
    assert_eq!(shop.seen(), "cart start, cart started");

    node.withdraw("stock").await;
    until(|| state(&node, "cart") == ServiceState::Waiting).await;
    assert_eq!((shop.seen().as_str(), code(cart.work().await)), ("cart stop", "C0015".into()));
    let error = node.provide("stock", "new").await.unwrap_err();
    assert!(
        error.to_string().starts_with("service `stock`: `new` is no version") && error.code().to_string() == "C0036"
    );
}

#[tokio::test]
async fn those_that_cannot_do_without_a_service_stop_before_it_and_come_back_with_it() {
    let shop = Shop::default();
    let node = all(&shop).start().await.unwrap();
    shop.seen();
    service(&node, "stock").stop().await.unwrap();
    assert_eq!(shop.seen(), "till stop, cart stop, stock stop");
    let states = |names: [&str; 3]| names.map(|name| state(&node, name));
    let order = ["stock", "cart", "till"];
    assert_eq!(states(order), [ServiceState::Stopped, ServiceState::Waiting, ServiceState::Waiting]);
    service(&node, "stock").start().await.unwrap();
    until(|| states(order) == [ServiceState::Running; 3]).await;
    assert_eq!(shop.seen(), "stock start, stock started, cart start, cart started, till start, till started");
}

#[tokio::test]
async fn a_restart_at_once_and_a_reset_are_no_loss_to_others() {
    let shop = Shop::default();
    let node = all(&shop).start().await.unwrap();
    shop.seen();
    node.get::<Stock>(()).fall().await.unwrap_err();
    until(|| service(&node, "stock").status().starts == 2).await;
    service(&node, "stock").reset().await.unwrap();
    assert_eq!(shop.seen(), "stock stop, stock start, stock started, stock stop, stock start, stock started");
}

/// Goes on without what it needs.
#[derive(Default)]
pub struct Clerk;

#[service(name = "clerk", depends(hard = "stock"), lost = "degrade")]
impl Clerk {
    pub async fn work(&self) -> u32 {
        7
    }
}

#[tokio::test]
async fn a_service_that_can_degrade_goes_on_without_what_it_lost() {
    let shop = Shop::default();
    let node = Node::builder().serve::<Clerk>().serve_with(Stock::of(&shop)).start().await.unwrap();
    service(&node, "stock").disable().await.unwrap();
    let clerk = service(&node, "clerk").status();
    assert_eq!((clerk.state, clerk.starts), (ServiceState::Degraded, 1));
    assert_eq!(clerk.why.as_deref(), Some("clerk needs stock *; none is available"));
    assert!(clerk.is_running());
    assert_eq!(node.get::<Clerk>(()).work().await, Ok(7));
    service(&node, "stock").enable().await.unwrap();
    assert_eq!((state(&node, "clerk"), service(&node, "clerk").status().starts), (ServiceState::Running, 1));
}

#[tokio::test]
async fn what_a_service_can_use_is_flagged_while_it_is_missing_and_its_calls_fail_fast() {
    let shop = Shop::default();
    let node = Node::builder().serve_with(Mail::of(&shop)).serve_with(Stock::of(&shop)).start().await.unwrap();
    let mut events = node.events();
    service(&node, "stock").disable().await.unwrap();
    let mail = service(&node, "mail").status();
    assert_eq!((mail.state, mail.missing.len()), (ServiceState::Running, 0));
    assert_eq!(mail.to_string(), "mail 0.1.0 Running; mail can use stock *; none is available");
    assert_eq!(code(node.get::<Stock>(()).work().await), "C0014", "it does not wait");
    service(&node, "stock").enable().await.unwrap();
    assert_eq!(service(&node, "mail").status().soft_missing, []);
    let soft = std::iter::from_fn(|| events.try_next()).filter_map(|event| match event.happened {
        Happened::SoftLost { missing } => Some(format!("{}: {missing}", event.service)),
        Happened::SoftFound { requirement } => Some(format!("{}: {requirement}", event.service)),
        _ => None,
    });
    assert_eq!(soft.collect::<Vec<_>>(), ["mail: mail can use stock *; none is available", "mail: stock *"]);
}

#[tokio::test]
async fn a_temporary_service_starts_once_what_it_needs_is_there() {
    let shop = Shop::default();
    let once = |rules: &mut consort::Rules| rules.restart.policy = consort::supervision::RestartPolicy::Temporary;
    let node = Node::builder().serve_with(Cart::of(&shop)).rules::<Cart>(once).start().await.unwrap();
    assert_eq!(state(&node, "cart"), ServiceState::Waiting);
    node.provide("stock", "1.2").await.unwrap();
    until(|| state(&node, "cart") == ServiceState::Running).await;
}
