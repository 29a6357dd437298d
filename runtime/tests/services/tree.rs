//! Supervisors of services.

use std::time::Duration;

use consort::prelude::*;
use consort::supervision::{Backoff, RestartPolicy};
use consort::{Group, Happened, RunError, ServiceState, StartError};
use consort_testkit::until;

use crate::shop::{Cart, Mail, Shop, Stock, Till, code, service, state};

/// `stock`, `cart`, `mail` under one supervisor.
async fn under(shop: &Shop, rules: impl FnOnce(Group) -> Group) -> Node {
    let fill = |group: Group| {
        let group = group.serve_with(Stock::of(shop)).serve_with(Cart::of(shop)).serve_with(Mail::of(shop));
        rules(group)
    };
    let node = Node::builder().supervisor("shop", fill).start().await.unwrap();
    shop.seen();
    node
}

/// What the crash of `cart` makes of the services.
async fn after_a_crash(rules: impl FnOnce(Group) -> Group) -> String {
    let shop = Shop::default();
    let node = under(&shop, rules).await;
    node.get::<Cart>(()).fall().await.unwrap_err();
    until(|| service(&node, "cart").status().starts == 2).await;
    let up = || ["stock", "cart", "mail"].iter().all(|name| state(&node, name) == ServiceState::Running);
    until(up).await;
    shop.seen()
}

#[tokio::test]
async fn the_strategy_says_who_is_restarted_with_a_service_that_crashed() {
    let cart = "cart stop, cart start, cart started";
    assert_eq!(after_a_crash(|group| group).await, cart);
    let rest = "cart stop, mail stop, cart start, cart started, mail start, mail started";
    assert_eq!(after_a_crash(Group::rest_for_one).await, rest);
    let all = "cart stop, mail stop, stock stop, \
               stock start, stock started, cart start, cart started, mail start, mail started";
    assert_eq!(after_a_crash(Group::one_for_all).await, all);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_crashes_too_often_fails_alone_below_the_root() {
    let shop = Shop::default();
    let builder = Node::builder().serve_with(Stock::of(&shop)).serve_with(Mail::of(&shop));
    let node = builder.start().await.unwrap();
    let (stock, mut events) = (node.get::<Stock>(()), node.events());
    for restarts in 1..=6 {
        until(|| service(&node, "stock").status().starts == restarts).await;
        stock.fall().await.unwrap_err();
    }
    until(|| state(&node, "stock") == ServiceState::Failed).await;
    let why = "more than 5 restarts within 10s would be needed; the last one panicked: fell";
    assert_eq!(service(&node, "stock").status().why.as_deref(), Some(why));
    let refused = stock.work().await.unwrap_err().to_string();
    assert!(refused.contains(why) && refused.ends_with("[C0007]"), "{refused}");
    assert_eq!(node.get::<Mail>(()).work().await, Ok("mail"), "others do not notice");
    let gave_up = std::iter::from_fn(|| events.try_next()).filter(|it| matches!(it.happened, Happened::GaveUp { .. }));
    assert_eq!(gave_up.count(), 1);
    service(&node, "stock").reset().await.unwrap();
    assert_eq!(stock.work().await, Ok("stock"));
}

#[tokio::test(start_paused = true)]
async fn mail_behind_a_crash_waits_for_the_restart_of_its_service() {
    let shop = Shop::default();
    let backoff = Backoff { immediate: 0, first: Duration::from_secs(4), ..Backoff::default() };
    let node = Node::builder().supervision(|root| root.backoff(backoff)).serve_with(Stock::of(&shop));
    let node = node.start().await.unwrap();
    let stock = node.get::<Stock>(());
    stock.fall().await.unwrap_err();
    until(|| state(&node, "stock") == ServiceState::BackingOff).await;
    let began = tokio::time::Instant::now();
    assert_eq!(stock.work().await, Ok("stock"));
    assert!((3..=4).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn mail_behind_the_last_crash_is_returned_with_what_was_too_many() {
    let shop = Shop::default();
    let node = Node::builder().supervision(|root| root.intensity(0, Duration::from_secs(9)));
    let node = node.serve_with(Stock::of(&shop)).start().await.unwrap();
    let stock = node.get::<Stock>(());
    let gate = consort_testkit::Gate::closed();
    stock.wait(gate.clone()).push().await.unwrap();
    gate.reached(1).await;
    stock.fall().push().await.unwrap();
    let behind = tokio::spawn({
        let stock = stock.clone();
        async move { stock.work().await }
    });
    tokio::task::yield_now().await;
    gate.open();
    let error = behind.await.unwrap().unwrap_err().to_string();
    assert!(error.contains("more than 0 restarts within 9s") && error.ends_with("[C0007]"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_start_that_fails_is_tried_again_and_then_given_up() {
    let shop = Shop::default();
    shop.break_step("stock start", true);
    let node = Node::builder().serve_with(Stock::of(&shop)).start().await.unwrap();
    assert_eq!(state(&node, "stock"), ServiceState::BackingOff, "the node starts even so");
    let refused = node.get::<Stock>(()).work().await.unwrap_err().to_string();
    assert!(refused.contains("stock start refused") && refused.ends_with("[C0015]"), "{refused}");
    until(|| state(&node, "stock") == ServiceState::Failed).within(Duration::from_secs(60)).await;
    assert_eq!(shop.log.take().len(), 6, "the first start and five more");
    assert_eq!(code(node.get::<Stock>(()).work().await), "C0007");
}

#[tokio::test(start_paused = true)]
async fn a_group_that_gives_up_is_restarted_by_the_supervisor_above_and_fails_as_a_whole() {
    let shop = Shop::default();
    let node = under(&shop, |group| group.intensity(0, Duration::from_secs(5))).await;
    for restarts in 1..=6 {
        until(|| service(&node, "mail").status().starts == restarts).await;
        node.get::<Mail>(()).fall().await.unwrap_err();
    }
    let failed = || ["stock", "cart", "mail"].iter().all(|name| state(&node, name) == ServiceState::Failed);
    until(failed).await;
    let why = service(&node, "stock").status().why.unwrap_or_default();
    assert!(
        why.starts_with("more than 5 restarts within 10s would be needed; the last one gave up its children"),
        "{why}"
    );
    service(&node, "stock").start().await.unwrap();
    until(|| ["stock", "cart", "mail"].iter().all(|name| state(&node, name) == ServiceState::Running)).await;
}

#[tokio::test(start_paused = true)]
async fn a_root_that_escalates_ends_the_node_and_says_why() {
    let shop = Shop::default();
    let node = Node::builder().supervision(|root| root.escalate().intensity(0, Duration::from_secs(9)));
    let node = node.serve_with(Stock::of(&shop)).serve_with(Cart::of(&shop)).start().await.unwrap();
    shop.seen();
    let running = tokio::spawn({
        let node = node.clone();
        async move { node.run().await }
    });
    node.get::<Cart>(()).fall().push().await.unwrap();
    match running.await.unwrap() {
        Err(error @ RunError::GaveUp(_)) => {
            let why = "the node gave up its services: more than 0 restarts within 9s would be needed; \
                       the last one panicked: fell [C0050]";
            assert_eq!(error.to_string(), why);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(shop.seen(), "cart stop, stock stop", "every stop hook has run");
    assert_eq!(code(node.get::<Stock>(()).work().await), "C0005");
}

#[tokio::test]
async fn a_tree_that_cannot_be_is_an_error_of_the_start() {
    let shop = Shop::default();
    let twice = Node::builder().supervisor("stock", |group| group).serve_with(Stock::of(&shop)).start().await;
    let error = twice.unwrap_err();
    assert!(matches!(error, StartError::BadTree(_)) && error.to_string().ends_with("[C0037]"), "{error}");
    let entangled = Node::builder()
        .supervisor("a", |group| group.serve_with(Stock::of(&shop)).serve_with(Till::of(&shop)))
        .supervisor("b", |group| group.serve_with(Cart::of(&shop)));
    let error = entangled.start().await.unwrap_err();
    assert!(
        error.to_string().contains("`a`, `b` need each other") && error.to_string().ends_with("[C0037]"),
        "{error}"
    );
    let missing = Node::builder().keep_alive(["stok"]).serve_with(Stock::of(&shop)).start().await.unwrap_err();
    assert!(missing.to_string().contains("did you mean `stock`"), "{missing}");
}

#[tokio::test(start_paused = true)]
async fn a_group_below_a_group_is_left_down_if_its_policy_says_so() {
    let shop = Shop::default();
    let inner = |group: Group| {
        let group = group.intensity(0, Duration::from_secs(5)).restart(RestartPolicy::Temporary);
        group.serve_with(Mail::of(&shop))
    };
    let node = Node::builder()
        .supervisor("outer", |group| group.serve_with(Stock::of(&shop)).supervisor("inner", inner))
        .start()
        .await
        .unwrap();
    node.get::<Mail>(()).fall().await.unwrap_err();
    until(|| state(&node, "mail") == ServiceState::Failed).await;
    assert_eq!(state(&node, "stock"), ServiceState::Running);
}
