//! Services that are started again whenever they are down.

use std::time::Duration;

use consort::prelude::*;
use consort::supervision::RestartPolicy;
use consort::{Rules, ServiceState};
use consort_testkit::until;

use crate::shop::{Cart, Shop, Stock, service, state, turns};

const LOOK: Duration = Duration::from_secs(10);

/// A node that keeps `stock` alive, which its supervisor leaves down.
async fn node(shop: &Shop, kept: &[&str]) -> Node {
    let once = |rules: &mut Rules| rules.restart.policy = RestartPolicy::Temporary;
    let builder = Node::builder().serve_with(Stock::of(shop)).rules::<Stock>(once).keep_alive(kept.iter().copied());
    let node = builder.start().await.unwrap();
    shop.seen();
    node
}

#[tokio::test(start_paused = true)]
async fn whatever_brought_a_kept_service_down_it_is_back_with_the_next_look() {
    let shop = Shop::default();
    let node = node(&shop, &["stock"]).await;
    let mut events = node.events();
    service(&node, "stock").stop().await.unwrap();
    until(|| state(&node, "stock") == ServiceState::Running).within(2 * LOOK).await;
    assert_eq!(
        turns(&mut events),
        ["stock Stopping", "stock Stopped", "stock kept", "stock Starting", "stock Running"]
    );
    node.get::<Stock>(()).fall().await.unwrap_err();
    until(|| state(&node, "stock") == ServiceState::Failed).await;
    until(|| state(&node, "stock") == ServiceState::Running).within(2 * LOOK).await;
}

#[tokio::test(start_paused = true)]
async fn nothing_happens_to_what_is_well_or_disabled() {
    let shop = Shop::default();
    let node = node(&shop, &["stock"]).await;
    let mut events = node.events();
    tokio::time::sleep(10 * LOOK).await;
    assert_eq!((turns(&mut events), shop.seen().as_str()), (vec![], ""));
    assert_eq!(service(&node, "stock").status().starts, 1);
    service(&node, "stock").disable().await.unwrap();
    turns(&mut events);
    tokio::time::sleep(10 * LOOK).await;
    assert_eq!((turns(&mut events), state(&node, "stock")), (vec![], ServiceState::Disabled));
}

#[tokio::test(start_paused = true)]
async fn the_list_is_empty_by_default_and_a_change_takes_effect_with_the_next_look() {
    let shop = Shop::default();
    let node = node(&shop, &[]).await;
    assert_eq!(node.keep_alive().list(), Vec::<&str>::new());
    service(&node, "stock").stop().await.unwrap();
    tokio::time::sleep(10 * LOOK).await;
    assert_eq!(state(&node, "stock"), ServiceState::Stopped, "nobody keeps it alive");
    node.keep_alive().add("stock").await.unwrap();
    node.keep_alive().add("stock").await.unwrap();
    assert_eq!(node.keep_alive().list(), ["stock"]);
    until(|| state(&node, "stock") == ServiceState::Running).within(2 * LOOK).await;
    node.keep_alive().remove("stock").unwrap();
    service(&node, "stock").stop().await.unwrap();
    tokio::time::sleep(10 * LOOK).await;
    assert_eq!(state(&node, "stock"), ServiceState::Stopped);
    assert_eq!(node.keep_alive().add("stok").await.unwrap_err().code().to_string(), "C0043");
}

#[tokio::test(start_paused = true)]
async fn a_service_that_waits_for_something_is_not_started_over_and_over() {
    let shop = Shop::default();
    let builder = Node::builder().serve_with(Cart::of(&shop)).keep_alive(["cart"]);
    let node = builder.keep_alive_every(Duration::from_secs(1)).start().await.unwrap();
    let mut events = node.events();
    tokio::time::sleep(Duration::from_secs(100)).await;
    assert_eq!((turns(&mut events), state(&node, "cart")), (vec![], ServiceState::Waiting));
    node.provide("stock", "1.2").await.unwrap();
    until(|| state(&node, "cart") == ServiceState::Running).within(Duration::from_secs(1)).await;
    assert_eq!(turns(&mut events), ["cart Starting", "cart Running"]);
}

#[tokio::test(start_paused = true)]
async fn what_had_to_be_started_too_often_is_given_up_once_until_it_is_started() {
    let shop = Shop::default();
    let node = node(&shop, &["stock"]).await;
    let mut events = node.events();
    shop.break_step("stock start", true);
    service(&node, "stock").stop().await.unwrap();
    tokio::time::sleep(100 * LOOK).await;
    let told = turns(&mut events);
    let count = |what: &str| told.iter().filter(|turn| *turn == what).count();
    assert_eq!((count("stock kept"), count("stock not kept")), (5, 1), "{told:?}");
    shop.break_step("stock start", false);
    tokio::time::sleep(10 * LOOK).await;
    assert_eq!(state(&node, "stock"), ServiceState::Failed, "it is left alone");
    service(&node, "stock").start().await.unwrap();
    service(&node, "stock").stop().await.unwrap();
    until(|| state(&node, "stock") == ServiceState::Running).within(2 * LOOK).await;
}

#[tokio::test(start_paused = true)]
async fn a_refresh_of_a_kept_service_is_left_to_the_loop() {
    let shop = Shop::default();
    let node = node(&shop, &["stock"]).await;
    service(&node, "stock").refresh().await.unwrap();
    assert_eq!(shop.seen(), "", "not yet");
    until(|| service(&node, "stock").status().starts == 2).within(2 * LOOK).await;
    assert_eq!(shop.seen(), "stock stop, stock start, stock started");
}
