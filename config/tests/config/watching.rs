//! Who watches sees the current value, then newer ones, and never misses the last.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use consort_config::Watch;
use proptest::prelude::*;
use serde_json::json;

use crate::shop::{Cart, Window, builder, by_ann, cart, config, now};

#[test]
fn the_current_value_comes_first_then_each_change_once() {
    let config = config();
    config.set(&by_ann().set("cart.limit", 30)).unwrap();
    let mut watch: Watch<Cart> = config.watch("cart").unwrap();
    assert_eq!(watch.current().config.limit, 30);
    let first = watch.try_next().unwrap();
    assert_eq!((first.revision, first.config.limit), (1, 30));
    assert!(watch.try_next().is_none());

    config.set(&by_ann().set("cart.limit", 40)).unwrap();
    config.set(&by_ann().set("cart.limit", 50)).unwrap();
    let next = watch.try_next().unwrap();
    assert_eq!((next.revision, next.config.limit), (3, 50), "those in between may be skipped");
    assert!(watch.try_next().is_none());
}

#[test]
fn changes_of_others_and_refused_ones_tell_nobody() {
    let config = config();
    let mut watch: Watch<Cart> = config.watch("cart").unwrap();
    watch.try_next().unwrap();
    config.set(&by_ann().set("window.low", 2)).unwrap();
    config.set(&by_ann().set("cart.limit", 0)).unwrap_err();
    assert!(watch.try_next().is_none());
}

#[test]
fn cold_values_wait_for_the_refresh_and_hot_ones_do_not() {
    let config = config();
    let mut watch: Watch<Cart> = config.watch("cart").unwrap();
    watch.try_next().unwrap();
    config.set(&by_ann().set("cart.limit", 30).set("cart.ratio", 0.7).set("cart.rates", json!({ "us": 7 }))).unwrap();
    let seen = watch.try_next().unwrap().config;
    assert_eq!((seen.limit, seen.ratio, seen.rates["us"]), (30, 0.5, 7));
    config.set(&by_ann().set("cart.open", false)).unwrap();
    assert!(watch.try_next().is_none(), "nothing changed for the service");

    let refreshed: Vec<_> = config.refresh("cart").unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(refreshed, ["cart.open", "cart.ratio"]);
    let seen = watch.try_next().unwrap();
    assert_eq!((seen.revision, seen.config.ratio, seen.config.open), (2, 0.7, false));
    assert!(config.refresh("cart").unwrap().is_empty());
    assert!(watch.try_next().is_none());

    config.set(&by_ann().clear("cart.rates")).unwrap();
    assert!(!watch.try_next().unwrap().config.rates.contains_key("us"), "hot values go at once too");
}

#[test]
fn a_hot_value_that_does_not_fit_the_cold_ones_waits_with_them() {
    let config = config();
    let mut watch: Watch<Window> = config.watch("window").unwrap();
    watch.try_next().unwrap();
    // low is hot, high is cold: low = 50 beside high = 10 is refused by the type.
    let applied = config.set(&by_ann().set("window.low", 50).set("window.high", 60)).unwrap();
    assert_eq!(applied.waiting.len(), 2);
    assert!(watch.try_next().is_none());
    config.refresh("window").unwrap();
    assert_eq!(*watch.try_next().unwrap().config, Window { low: 50, high: 60 });
}

#[test]
fn a_table_that_appears_with_hot_and_cold_values_appears_as_a_whole() {
    let config = config();
    config.set(&by_ann().set("cart.backup", json!({ "host": "h", "port": 3 })).set("cart.limit", 30)).unwrap();
    assert_eq!((cart(&config).backup, cart(&config).limit), (None, 20));
    config.refresh("cart").unwrap();
    assert_eq!((cart(&config).backup.unwrap().port, cart(&config).limit), (3, 30));
}

#[tokio::test]
async fn the_last_value_is_seen_by_everybody_in_the_order_of_revisions() {
    const LAST: u32 = 200;
    let config = config();
    let late = Arc::new(AtomicU32::new(0));
    let watchers: Vec<_> = (0..4)
        .map(|_| {
            let (mut watch, late) = (config.watch::<Cart>("cart").unwrap(), Arc::clone(&late));
            tokio::spawn(async move {
                let (mut revision, mut limit) = (None, 0);
                while limit != LAST {
                    let seen = watch.next().await.expect("the configuration lives");
                    assert!(revision < Some(seen.revision), "{revision:?}, then {}", seen.revision);
                    (revision, limit) = (Some(seen.revision), seen.config.limit);
                }
                late.fetch_add(1, Ordering::Relaxed);
            })
        })
        .collect();
    let writer = config.clone();
    tokio::task::spawn_blocking(move || {
        (21..=LAST).for_each(|limit| drop(writer.set(&by_ann().set("cart.limit", limit)).unwrap()));
    })
    .await
    .unwrap();
    for watcher in watchers {
        watcher.await.unwrap();
    }
    assert_eq!(late.load(Ordering::Relaxed), 4);
}

#[tokio::test]
async fn a_wait_that_was_dropped_loses_nothing() {
    let config = config();
    let mut watch: Watch<Cart> = config.watch("cart").unwrap();
    watch.next().await.unwrap();
    tokio::select! {
        biased;
        _ = watch.next() => panic!("nothing changed"),
        () = std::future::ready(()) => {}
    }
    config.set(&by_ann().set("cart.limit", 30)).unwrap();
    assert_eq!(watch.next().await.unwrap().config.limit, 30);
}

#[tokio::test]
async fn after_the_configuration_is_gone_the_last_value_is_still_seen() {
    let config = builder().build().unwrap();
    let (mut waiting, mut asking): (Watch<Cart>, Watch<Cart>) =
        (config.watch("cart").unwrap(), config.watch("cart").unwrap());
    config.set(&by_ann().set("cart.limit", 30)).unwrap();
    drop(config);
    assert_eq!(waiting.next().await.map(|seen| seen.config.limit), Some(30));
    assert!(waiting.next().await.is_none());
    assert_eq!(asking.try_next().map(|seen| seen.config.limit), Some(30));
    assert!(asking.try_next().is_none());
}

/// What is done to a service, for the model below.
#[derive(Clone, Debug)]
enum Step {
    Hot(u32),
    Cold(u32),
    Both(u32, u32),
    Clear,
    RollBack(u64),
    Refresh,
}

proptest! {
    /// Against a model of four numbers: what is in force, and what the service sees.
    #[test]
    fn hot_values_are_those_in_force_and_cold_ones_those_of_the_last_refresh(
        steps in prop::collection::vec(
            prop_oneof![
                (1..9_u32).prop_map(Step::Hot),
                (1..9_u32).prop_map(Step::Cold),
                (1..9_u32, 1..9_u32).prop_map(|(hot, cold)| Step::Both(hot, cold)),
                Just(Step::Clear),
                (0..9_u64).prop_map(Step::RollBack),
                Just(Step::Refresh),
            ],
            1..20,
        )
    ) {
        let config = config();
        let watch: Watch<Cart> = config.watch("cart").unwrap();
        let mut history = vec![(20, 25)];
        let (mut cold_seen, mut last) = (25, None);
        for step in steps {
            let (hot, cold) = *history.last().unwrap();
            let wanted = match step {
                Step::Hot(value) => (value, cold),
                Step::Cold(value) => (hot, value),
                Step::Both(hot, cold) => (hot, cold),
                Step::Clear => (20, 25),
                Step::RollBack(to) => history.get(to as usize).copied().unwrap_or((hot, cold)),
                Step::Refresh => (hot, cold),
            };
            match step {
                Step::Refresh => {
                    config.refresh("cart").unwrap();
                    cold_seen = cold;
                }
                Step::RollBack(to) => drop(config.roll_back(to, "ann", now(), None)),
                Step::Clear => drop(config.set(&by_ann().clear("cart")).unwrap()),
                Step::Hot(hot) => drop(config.set(&by_ann().set("cart.limit", hot)).unwrap()),
                Step::Cold(cold) => drop(config.set(&by_ann().set("cart.ratio", cold)).unwrap()),
                Step::Both(hot, cold) => {
                    drop(config.set(&by_ann().set("cart.limit", hot).set("cart.ratio", cold)).unwrap());
                }
            }
            if config.revision() == history.len() as u64 {
                history.push(wanted);
            }
            let seen = watch.current();
            // The default ratio is no whole number: 25 stands for it.
            let ratio = if seen.config.ratio == 0.5 { 25 } else { seen.config.ratio as u32 };
            prop_assert_eq!((seen.config.limit, ratio), (wanted.0, cold_seen));
            prop_assert!(last <= Some(seen.revision));
            last = Some(seen.revision);
        }
    }
}
