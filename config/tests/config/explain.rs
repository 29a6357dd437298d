//! Every value knows its source.

use consort_config::{AccessError, Source};
use serde_json::json;

use crate::shop::{Window, builder, by_ann, config};

#[test]
fn a_value_tells_its_source_and_what_it_overrode() {
    let config = builder()
        .toml("/etc/shop.toml", "\n[cart]\n\nlimit = 2")
        .environment([("CONSORT_CART__LIMIT", "3")])
        .build()
        .unwrap();
    config.set(&by_ann().set("cart.limit", 4)).unwrap();
    let explained = config.explain("cart.limit").unwrap();
    assert_eq!(explained.source, Source::Revision { number: 1, author: "ann".into() });
    assert_eq!((explained.value.clone(), explained.hot, explained.secret), (json!(4), true, false));
    assert_eq!(
        explained.to_string(),
        "cart.limit = 4 (revision 1 by ann)
  overrode 3 (CONSORT_CART__LIMIT)
  overrode 2 (/etc/shop.toml:4)
  overrode 20 (default)"
    );
}

#[test]
fn a_table_over_a_value_tells_which_value_it_overrode() {
    let config = builder().toml("a", "cart.backup.host = 'h'\ncart.backup.port = 1").build().unwrap();
    assert_eq!(
        config.explain("cart.backup.host").unwrap().to_string(),
        "cart.backup.host = \"h\" (a:1)\n  overrode cart.backup = null (default)"
    );
}

#[test]
fn a_cold_value_tells_what_the_service_still_sees() {
    let config = config();
    config.set(&by_ann().set("cart.ratio", 0.7)).unwrap();
    assert_eq!(
        config.explain("cart.ratio").unwrap().to_string(),
        "cart.ratio = 0.7 (revision 1 by ann)
  overrode 0.5 (default)
  waits for a refresh; the service sees 0.5"
    );
}

#[test]
fn what_is_not_there_is_told_with_the_nearest() {
    let config = config();
    let error = |path: &str| config.explain(path).unwrap_err().to_string();
    assert_eq!(error("cart.limt"), "`cart.limt` is unknown; did you mean `limit`?");
    assert_eq!(error("crat.limit"), "there is no service `crat`; did you mean `cart`?");
    assert_eq!(error("cart.mail"), "`cart.mail` is a table of `host`, `password`, `port`");
    assert_eq!(error("cart."), "a key is missing in `cart.`");
    assert_eq!(error("cart.hosts.0"), "`cart.hosts.0` is unknown");
    let other = config.get::<Window>("cart").unwrap_err();
    assert!(matches!(other, AccessError::OtherType { service, .. } if service == "cart"));
}

#[test]
fn a_list_of_a_service_has_every_value_also_the_defaults() {
    let config = builder().toml("a", "window.high = 20").build().unwrap();
    let lines: Vec<_> = config.list("window").unwrap().iter().map(|it| format!("{} {}", it.path, it.source)).collect();
    assert_eq!(lines, ["window.high a:1", "window.low default"]);
    assert_eq!(config.services().collect::<Vec<_>>(), ["cart", "window"]);
    assert_eq!(config.list("cart").unwrap().len(), 12);
}

#[test]
fn a_map_that_is_given_no_value_has_none() {
    let config = config();
    assert_eq!(config.explain("cart.rates.us").unwrap().value, json!(null));
    assert_eq!(config.explain("cart.rates.eu").unwrap().value, json!(19));
}
