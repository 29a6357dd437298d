//! Who watches sees the current value, then newer ones, and never misses the last.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use consort_config::Watch;
use serde_json::json;

use crate::shop::{Cart, Window, builder, by_ann, cart, config};

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
