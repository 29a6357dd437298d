//! Values for a later version of the program: set with force, read by nobody before it runs.

use std::sync::Arc;

use consort_config::{Config, Edit, MemoryStore, SetError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::shop::{Cart, builder, by_ann, cart, config, now};

/// `cart` as a later version of the program has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Later {
    limit: u32,
    gift: Gift,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Gift {
    #[schemars(range(max = 9))]
    cards: u8,
    words: String,
}

impl Default for Later {
    fn default() -> Self {
        Self { limit: 20, gift: Gift { cards: 0, words: String::new() } }
    }
}

fn paths(paths: &[consort_config::ConfigPath]) -> Vec<String> {
    paths.iter().map(ToString::to_string).collect()
}

/// A store in which somebody forced values, and the program that did.
fn forced(value: Value) -> (Arc<MemoryStore>, Config) {
    let store = Arc::new(MemoryStore::new());
    let config = builder().store(Arc::clone(&store)).build().unwrap();
    config.set(&by_ann().set("cart.gift", value).set("cart.limit", 30).forced()).unwrap();
    (store, config)
}

#[test]
fn an_unknown_key_is_refused_unless_it_is_forced() {
    let config = config();
    let edit = by_ann().set("cart.limt", 30).set("crat.limit", 30);
    let refused = config.set(&edit).unwrap_err().to_string();
    assert!(refused.contains("`cart.limt` is unknown; did you mean `limit`?"), "{refused}");
    assert!(refused.contains("there is no service `crat`; did you mean `cart`?"), "{refused}");
    assert_eq!(config.revision(), 0);
    let applied = config.set(&edit.forced()).unwrap();
    assert_eq!((applied.revision, paths(&applied.changed)), (1, vec!["cart.limt".into(), "crat.limit".into()]));
    assert_eq!(paths(&config.unread()), ["cart.limt", "crat.limit"]);
    assert_eq!(cart(&config), Cart::default());
}

#[test]
fn what_is_known_is_checked_although_it_is_forced() {
    let config = config();
    let edit = by_ann().set("cart.limit", 5_000).set("cart.mail", json!({ "hots": "mx" })).forced();
    let refused = config.set(&edit).unwrap_err().to_string();
    assert!(refused.contains("`cart.limit` wants an integer from 1 to 1000, found 5000"), "{refused}");
    assert!(refused.contains("`cart.mail.hots` is unknown; did you mean `host`?"), "{refused}");
    let typed = config.set(&by_ann().set_text("cart.gift", "7").forced()).unwrap_err().to_string();
    assert!(typed.contains("`cart.gift` is unknown"), "{typed}");
    assert_eq!(config.revision(), 0);
}

#[test]
fn a_later_version_reads_what_was_forced_and_an_earlier_one_goes_on_without_it() {
    let (store, earlier) = forced(json!({ "cards": 3, "words": "hi" }));
    assert_eq!(cart(&earlier).limit, 30);
    let later = Config::builder().service::<Later>("cart").store(Arc::clone(&store)).build().unwrap();
    let gift = Gift { cards: 3, words: "hi".into() };
    assert_eq!(*later.get::<Later>("cart").unwrap(), Later { limit: 30, gift });
    let explained = later.explain("cart.gift.cards").unwrap().to_string();
    assert_eq!(explained, "cart.gift.cards = 3 (revision 1 by ann)\n  overrode 0 (default)");
    assert_eq!(paths(&later.unread()), [""; 0]);
    // while both versions run, one key of it is changed: the other one stays
    later.set(&by_ann().set("cart.gift.cards", 4).forced()).unwrap();
    later.refresh("cart").unwrap();
    assert_eq!(later.get::<Later>("cart").unwrap().gift, Gift { cards: 4, words: "hi".into() });
    earlier.catch_up().unwrap();
    let again = builder().store(store).build().unwrap();
    assert_eq!((cart(&earlier).limit, cart(&again).limit), (30, 30));
}

#[test]
fn what_a_later_version_does_not_accept_is_a_mistake_at_its_start() {
    let (store, _earlier) = forced(json!({ "cards": 300, "words": 7 }));
    let later = || Config::builder().service::<Later>("cart").store(Arc::clone(&store));
    let refused = later().build().err().unwrap().to_string();
    assert!(
        refused.contains("revision 1 by ann: `cart.gift.cards` wants an integer from 0 to 9, found 300"),
        "{refused}"
    );
    assert!(refused.contains("`cart.gift.words` wants"), "{refused}");
    let cleared = later().clear_stale("ops", now()).build().unwrap();
    assert_eq!(*cleared.get::<Later>("cart").unwrap(), Later { limit: 30, ..Later::default() });
}

#[test]
fn what_was_forced_is_shown_as_a_secret_cleared_and_rolled_back_like_anything() {
    let (_store, config) = forced(json!("hush"));
    let shown: Vec<_> = config.history()[0].changes.iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["cart.gift: unset → ***", "cart.limit: unset → 30"]);
    config.set(&by_ann().clear("cart.gift")).unwrap();
    assert_eq!(paths(&config.unread()), [""; 0]);
    config.roll_back(1, "bob", now(), None).unwrap();
    assert_eq!(paths(&config.unread()), ["cart.gift"]);
    let again = builder().environment([] as [(&str, &str); 0]).build().unwrap();
    assert_eq!(paths(&again.unread()), [""; 0], "another store has nothing of it");
}

#[test]
fn what_is_forced_below_a_known_value_does_not_touch_it() {
    let config = config();
    config.set(&by_ann().set("cart.limit", 30)).unwrap();
    config.set(&by_ann().set("cart.limit.soft", 20).forced()).unwrap();
    assert_eq!((cart(&config).limit, paths(&config.unread())), (30, vec!["cart.limit.soft".to_owned()]));
}

#[test]
fn a_forced_value_has_at_most_32_levels() {
    let nested = |levels: usize| (0..levels).fold(json!(1), |inner, _| json!([inner]));
    let config = config();
    config.set(&by_ann().set("cart.gift", nested(32)).forced()).unwrap();
    let refused = config.set(&Edit::by("bob", now()).set("cart.gift", nested(33)).forced()).unwrap_err();
    assert!(matches!(refused, SetError::Mistakes(_)), "{refused}");
    assert!(refused.to_string().contains("`cart.gift` is refused: it has more than 32 levels"), "{refused}");
}
