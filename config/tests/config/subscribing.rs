//! Whoever subscribed is told of every change before the change is done.

use std::sync::Arc;

use consort_config::{ConfigChanged, Occasion};
use parking_lot::Mutex;
use serde_json::json;

use crate::shop::{Cart, Window, by_ann, config, now};

type Told = Arc<Mutex<Vec<(ConfigChanged<Cart>, Occasion)>>>;

fn subscribed(config: &consort_config::Config) -> Told {
    let told = Told::default();
    let log = told.clone();
    config.subscribe::<Cart>("cart", move |change, occasion| log.lock().push((change, occasion))).unwrap();
    told
}

#[test]
fn every_change_is_told_in_order_with_what_was_before() {
    let config = config();
    let told = subscribed(&config);
    for limit in 30..60 {
        config.set(&by_ann().set("cart.limit", limit)).unwrap();
        assert_eq!(told.lock().len(), limit - 29, "told before `set` returns");
    }
    config.roll_back(0, "ann", now(), None).unwrap();
    let told = told.lock();
    assert_eq!(told.len(), 31);
    for (at, pair) in told.windows(2).enumerate() {
        assert!(Arc::ptr_eq(&pair[0].0.new, &pair[1].0.old), "what was new is old next: {at}");
        assert_eq!(pair[0].0.revision + 1, pair[1].0.revision);
    }
    assert_eq!((told[0].0.old.limit, told[30].0.new.limit), (20, 20));
}

#[test]
fn the_paths_are_those_that_the_service_sees_changed() {
    let config = config();
    let told = subscribed(&config);
    config.set(&by_ann().set("cart.rates", json!({ "us": 7 })).set("cart.limit", 30).set("cart.ratio", 0.7)).unwrap();
    let paths = |at: usize| told.lock()[at].0.paths.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    assert_eq!(paths(0), "cart.limit cart.rates.us", "the cold one waits");
    config.refresh("cart").unwrap();
    assert_eq!(paths(1), "cart.ratio");
    assert_eq!(told.lock()[1].1, Occasion::Refresh);
    config.set(&by_ann().set("cart.open", false)).unwrap();
    config.refresh_to_restart("cart").unwrap();
    assert_eq!((paths(2).as_str(), told.lock()[2].1), ("cart.open", Occasion::Restart));
}

#[test]
fn what_changes_nothing_for_the_service_is_not_told() {
    let config = config();
    let told = subscribed(&config);
    config.set(&by_ann().set("cart.limit", 0)).unwrap_err();
    config.set(&by_ann().set("cart.ratio", 0.7)).unwrap();
    config.set(&by_ann().set("window.low", 2)).unwrap();
    config.reload().unwrap();
    assert!(told.lock().is_empty());
    config.subscribe::<Window>("cart", |_, _| {}).unwrap_err();
    config.subscribe::<Cart>("card", |_, _| {}).unwrap_err();
}

#[test]
fn two_changes_are_one_from_the_first_to_the_last() {
    let config = config();
    let told = subscribed(&config);
    config.set(&by_ann().set("cart.limit", 30)).unwrap();
    config.set(&by_ann().set("cart.mail.port", 26)).unwrap();
    let told = told.lock();
    let both = told[0].0.then(&told[1].0);
    assert_eq!((both.old.limit, both.old.mail.port, both.new.limit, both.new.mail.port), (20, 25, 30, 26));
    assert_eq!(format!("{both:?}"), "ConfigChanged { revision: 2, paths: [`cart.limit`, `cart.mail.port`] }");
}
