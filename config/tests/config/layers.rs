//! default < files < variables < run time, value by value.

use consort_config::{BuildError, Config, MemoryStore};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::shop::{Backend, Cart, Mail, Mode, builder, by_ann, cart, config};

#[test]
fn without_layers_a_service_sees_its_default() {
    assert_eq!(cart(&config()), Cart::default());
}

#[test]
fn each_layer_wins_over_the_one_before_value_by_value() {
    let config = builder()
        .toml("one.toml", "[cart]\nlimit = 1\nratio = 0.1\n[cart.mail]\nhost = 'one'\nport = 1")
        .toml("two.toml", "cart = { limit = 2, mail.host = 'two', open = false }")
        .environment([("CONSORT_CART__LIMIT", "3"), ("CONSORT_CART__MODE", "loud")])
        .build()
        .unwrap();
    config.set(&by_ann().set("cart.limit", 4)).unwrap();

    let cart = cart(&config);
    assert_eq!((cart.limit, cart.ratio, cart.open, cart.mode), (4, 0.1, false, Mode::Loud));
    assert_eq!((cart.mail.host.as_str(), cart.mail.port, cart.hosts), ("two", 1, vec!["a".to_owned()]));
}

#[test]
fn lists_and_enums_are_replaced_as_a_whole_and_maps_key_by_key() {
    let config = builder()
        .toml("a", "cart.hosts = ['b', 'c']\ncart.rates.us = 7\ncart.store = { type = 'redis', url = 'r', db = 1 }")
        .toml("b", "cart.store = { type = 'memory' }")
        .build()
        .unwrap();
    let cart = cart(&config);
    assert_eq!(cart.hosts, ["b", "c"]);
    assert_eq!(cart.rates.into_iter().collect::<Vec<_>>(), [("eu".to_owned(), 19), ("us".to_owned(), 7)]);
    assert_eq!(cart.store, Backend::Memory);
}

#[test]
fn a_table_that_is_nothing_by_default_can_be_given_and_taken_away() {
    let config = builder().toml("a", "[cart.backup]\nhost = 'b'\nport = 1").build().unwrap();
    assert_eq!(cart(&config).backup, Some(Mail { host: "b".into(), port: 1, password: Default::default() }));
    config.set(&by_ann().set("cart.backup", json!(null))).unwrap();
    config.refresh("cart").unwrap();
    assert_eq!(cart(&config).backup, None);
    config.set(&by_ann().clear("cart.backup")).unwrap();
    config.refresh("cart").unwrap();
    assert_eq!(cart(&config).backup.unwrap().host, "b");
}

#[test]
fn a_variable_is_read_as_what_its_place_wants() {
    let variables = [
        ("CONSORT_CART__LIMIT", "7"),
        ("CONSORT_CART__RATIO", "2"),
        ("CONSORT_CART__OPEN", "false"),
        ("CONSORT_CART__HOSTS", "['x', 'y']"),
        ("CONSORT_CART__RATES__US", "3"),
        ("CONSORT_CART__MAIL__HOST", "17"),
        ("CONSORT_CART__BACKUP", "{ host = 'h', port = 2 }"),
        ("CONSORT_CART__STORE", "{ type = 'redis', url = 'r', db = 4 }"),
        ("CONSORT_CART__NOTE", ""),
        ("CONSORT_NAME", "not about a service"),
        ("PATH", "/bin"),
        ("OTHER_CART__LIMIT", "9"),
    ];
    let cart = cart(&builder().toml("a", "cart.note = 'n'").environment(variables).build().unwrap());
    assert_eq!((cart.limit, cart.ratio, cart.open, cart.hosts.len()), (7, 2.0, false, 2));
    assert_eq!((cart.rates["us"], cart.mail.host.as_str(), cart.backup.unwrap().port), (3, "17", 2));
    assert_eq!((cart.store, cart.note), (Backend::Redis { url: "r".into(), db: 4 }, None));
}

#[test]
fn another_prefix_can_be_chosen() {
    let built = builder().prefix("SHOP_").environment([("SHOP_CART__LIMIT", "7"), ("CONSORT_CART__LIMIT", "8")]);
    assert_eq!(cart(&built.build().unwrap()).limit, 7);
}

#[test]
fn only_files_and_stores_block() {
    let named = builder().toml("a", "cart.limit = 2").environment([("CONSORT_CART__LIMIT", "7")]);
    assert!(!builder().blocks() && !named.blocks());
    assert!(builder().file("shop.toml").blocks() && builder().file_if_present("shop.toml").blocks());
    assert!(builder().store(MemoryStore::new()).blocks());
}

#[test]
fn files_are_read_again_when_asked_and_a_mistake_in_them_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (file, absent) = (folder.path().join("shop.toml"), folder.path().join("absent.toml"));
    std::fs::write(&file, "[cart]\nlimit = 2\nratio = 0.2").unwrap();
    let config = builder().file(&file).file_if_present(absent).build().unwrap();
    assert_eq!(cart(&config).limit, 2);

    std::fs::write(&file, "[cart]\nlimit = 3\nratio = 0.3").unwrap();
    config.reload().unwrap();
    assert_eq!((cart(&config).limit, cart(&config).ratio), (3, 0.2), "hot at once, cold with the refresh");
    config.refresh("cart").unwrap();
    assert_eq!(cart(&config).ratio, 0.3);

    std::fs::write(&file, "[cart]\nlimit = 4\nratio = 'x'").unwrap();
    config.reload().unwrap_err();
    assert_eq!(cart(&config).limit, 3);
    assert_eq!(config.revision(), 0, "files make no revisions");
}

/// Has to be told where its queue is.
#[derive(Default, Serialize, Deserialize, JsonSchema)]
struct Worker {
    #[schemars(length(min = 1))]
    queue: String,
}

#[test]
fn a_default_that_is_out_of_range_has_to_be_set() {
    let worker = |toml: &str| Config::builder().service::<Worker>("worker").toml("a", toml).build();
    let wanted = "default: `worker.queue` wants a text of at least 1 character, found the text \"\"";
    assert_eq!(worker("").err().unwrap().to_string(), wanted);
    let config = worker("worker.queue = 'q'").unwrap();
    assert_eq!(config.get::<Worker>("worker").unwrap().queue, "q");

    let config = Config::builder().service::<Worker>("worker").toml("a", "worker.queue = 'q'").build().unwrap();
    config.set(&by_ann().set("worker.queue", "r")).unwrap();
    config.set(&by_ann().clear("worker.queue")).unwrap();
    assert_eq!(config.explain("worker.queue").unwrap().value, json!("q"));
    config.set(&by_ann().set("worker.queue", "")).unwrap_err();
}

#[derive(Default, Serialize, Deserialize, JsonSchema)]
struct Slip {
    #[schemars(extend("x-hto" = true))]
    limit: u32,
}

#[test]
fn a_type_that_cannot_be_a_config_type_says_why() {
    let slip = Config::builder().service::<Slip>("slip").build().err().unwrap().to_string();
    assert!(slip.ends_with("of `slip`: the mark `x-hto` is unknown; did you mean `x-hot`?"), "{slip}");
    let number = Config::builder().service::<u32>("number").build().err().unwrap().to_string();
    assert_eq!(number, "u32 cannot be the config type of `number`: it is not a struct with named fields");
    let twice = Config::builder().service::<Cart>("cart").service::<Cart>("cart").build();
    assert!(matches!(twice, Err(BuildError::Twice { service }) if service == "cart"));
}
