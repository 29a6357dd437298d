//! How changes reach actors.

use std::time::Duration;

use consort::Happened;
use consort::prelude::*;
use consort_testkit::{poll_now, until};
use tokio::time::Instant;

use super::shop::{Cart, CartConfig, Shop, by_ann};

#[tokio::test]
async fn a_hot_change_reaches_a_live_actor_before_any_later_message() {
    let shop = Shop::open(Node::builder()).await;
    let cart = shop.node.get::<Cart>(1);
    assert_eq!(cart.limit().await, Ok(20));
    shop.set("cart.limit", 30).await;
    assert_eq!(cart.limit().await, Ok(30));
    assert_eq!(shop.told.take(), [(20, 30)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_thousand_quick_changes_the_last_is_told_and_none_out_of_order() {
    const LAST: u32 = 1_020;
    let shop = Shop::open(Node::builder()).await;
    let cart = shop.node.get::<Cart>(1);
    cart.start().await.unwrap();
    let config = shop.node.config().clone();
    let writer = std::thread::spawn(move || {
        for limit in 21..=LAST {
            config.set(&by_ann().set("cart.limit", limit)).expect("the value is accepted");
        }
    });
    let mut seen = 0;
    while seen < LAST {
        let limit = cart.limit().await.unwrap();
        assert!(limit >= seen, "{limit} after {seen}");
        seen = limit;
    }
    writer.join().unwrap();
    cart.ping().await.unwrap();
    let told = shop.told.take();
    assert_eq!((told[0].0, told[told.len() - 1].1), (20, LAST), "from the first to the last");
    for pair in told.windows(2) {
        assert_eq!(pair[0].1, pair[1].0, "what was new is old next: nothing is left out or told twice");
        assert!(pair[0].1 < pair[1].1);
    }
}

#[tokio::test]
async fn changes_behind_a_busy_actor_are_told_as_one_ahead_of_its_mail() {
    let shop = Shop::open(Node::builder()).await;
    let cart = shop.node.get::<Cart>(1);
    cart.work().push().await.unwrap();
    shop.gate.reached(1).await;
    let mut limit = Box::pin(cart.limit().into_future());
    assert!(poll_now(&mut limit).is_none(), "it waits in the mailbox");
    for limit in 100..200 {
        shop.set("cart.limit", limit).await;
    }
    shop.told.expect_none();
    shop.gate.open();
    assert_eq!(limit.await, Ok(199));
    assert_eq!(shop.told.take(), [(20, 199)]);
}

#[tokio::test]
async fn only_what_lives_is_told_and_nothing_is_started() {
    let shop = Shop::open(Node::builder()).await;
    let (live, stopped) = (shop.node.get::<Cart>(1), shop.node.get::<Cart>(2));
    live.start().await.unwrap();
    stopped.start().await.unwrap();
    stopped.stop().await.unwrap();
    let never = shop.node.get::<Cart>(3);
    shop.set("cart.limit", 30).await;
    live.ping().await.unwrap();
    assert_eq!(shop.told.take(), [(20, 30)]);
    assert_eq!((stopped.status().state, never.status().state), (LifeState::Stopped, LifeState::NotStarted));
    assert_eq!((stopped.limit().await, never.limit().await), (Ok(30), Ok(30)), "they start with the new values");
    shop.told.expect_none();
}

#[tokio::test]
async fn a_hook_that_fails_or_panics_ends_its_activation_like_a_handler() {
    for (limit, text) in [(13, "13 is not for carts"), (17, "17 is worse")] {
        let mut shop = Shop::open(Node::builder()).await;
        shop.node = shop.node.panics_allowed();
        let mut events = shop.node.events();
        let cart = shop.node.get::<Cart>(1);
        cart.start().await.unwrap();
        let first = cart.status().activation;
        shop.set("cart.limit", limit).await;
        assert_eq!(cart.limit().await, Ok(limit), "the next message starts a fresh one, with the new values");
        assert_ne!(cart.status().activation, first);
        let crashed = loop {
            match events.try_next().expect("the crash is an event").happened {
                Happened::Crashed { reason } => break reason.to_string(),
                _ => continue,
            }
        };
        assert!(crashed.contains(text), "{crashed}");
        assert_eq!(shop.told.take(), [(20, limit)], "the fresh one is not told what it started with");
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_does_not_cut_a_back_off_short() {
    let slow = Node::builder().rules::<Cart>(|rules| {
        rules.restart.backoff.immediate = 0;
        rules.restart.backoff.first = Duration::from_secs(20);
    });
    let mut shop = Shop::open(slow).await;
    shop.node = shop.node.panics_allowed();
    let (cart, started) = (shop.node.get::<Cart>(1), Instant::now());
    cart.fall().push().await.unwrap();
    shop.gate.reached(1).await;
    shop.set("cart.limit", 30).await;
    shop.gate.open();
    until(|| cart.status().state == LifeState::BackingOff).await;
    shop.set("cart.limit", 40).await;
    assert_eq!(cart.limit().await, Ok(40));
    assert!(started.elapsed() >= Duration::from_secs(16), "the shortest back-off there could be");
    shop.told.expect_none();
}

#[tokio::test]
async fn every_change_that_a_service_sees_is_an_event() {
    let shop = Shop::open(Node::builder()).await;
    let mut events = shop.node.events();
    shop.set("cart.limit", 30).await;
    shop.set("cart.host", "mx.example.org").await;
    shop.set("cart.limit", 40).await;
    shop.node.refresh("cart").await.unwrap();
    let mut revisions = Vec::new();
    while let Some(event) = events.try_next() {
        assert_eq!((event.service, &event.path), ("cart", &None));
        revisions.extend(match event.happened {
            Happened::Config { revision } => Some(revision),
            _ => None,
        });
    }
    assert_eq!(revisions, [1, 3, 3], "the cold value came with the refresh");
}

#[tokio::test]
async fn a_roll_back_is_told_like_any_change_and_stands_in_the_history() {
    let shop = Shop::open(Node::builder()).await;
    let cart = shop.node.get::<Cart>(1);
    cart.start().await.unwrap();
    for limit in [30, 40] {
        shop.set("cart.limit", limit).await;
        cart.ping().await.unwrap();
    }
    let applied = shop.node.roll_back_config(1, "bob").await.unwrap();
    assert_eq!((applied.revision, cart.limit().await), (3, Ok(30)));
    assert_eq!(shop.told.take(), [(20, 30), (30, 40), (40, 30)]);
    let authors: Vec<_> = shop.node.config().history().into_iter().map(|revision| revision.author).collect();
    assert_eq!(authors, ["ann", "ann", "bob"]);
    let error = shop.node.roll_back_config(9, "bob").await.unwrap_err();
    assert_eq!(error.to_string(), "revision 9 cannot be restored; those from 0 to 3 can [C0048]");
}

#[tokio::test]
async fn what_is_refused_changes_nothing_and_says_why() {
    let shop = Shop::open(Node::builder()).await;
    shop.node.get::<Cart>(1).start().await.unwrap();
    let wrong = by_ann().set("cart.limt", 5).set("cart.limit", 0);
    let error = shop.node.set_config(wrong).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "2 mistakes in the configuration:
  change by ann: `cart.limt` is unknown; did you mean `limit`?
  change by ann: `cart.limit` wants an integer from 1 to 1000000, found 0 [C0046]"
    );
    let late = by_ann().set("cart.limit", 50).expecting(7);
    let error = shop.node.set_config(late).await.unwrap_err();
    assert_eq!(error.to_string(), "revision 7 was expected, the newest is 0 [C0047]");
    assert_eq!((shop.node.config().revision(), shop.node.config().get::<CartConfig>("cart").unwrap().limit), (0, 20));
    shop.told.expect_none();
}

#[tokio::test]
async fn secrets_are_hidden_wherever_values_are_shown() {
    let shop = Shop::open(Node::builder()).await;
    shop.set("cart.password", "hunter2").await;
    let config = shop.node.config();
    assert_eq!(config.get::<CartConfig>("cart").unwrap().password.as_str(), "hunter2", "whoever needs it has it");
    let mut shown = format!("{:?} {:?}", config.list("cart").unwrap(), config.history());
    shown += &format!("{:?}", config.get::<CartConfig>("cart").unwrap());
    shown += &shop.node.set_config(by_ann().set("cart.password", 1234567)).await.unwrap_err().to_string();
    assert!(shown.contains("***") && !shown.contains("hunter2") && !shown.contains("1234567"), "{shown}");
}
