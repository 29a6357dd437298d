//! Defaults that are kept: what a service ran with stays in force until somebody renews it.

use std::sync::Arc;

use consort_config::{Builder, Cause, Config, MemoryStore, ServiceConfig, Source};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::shop::{by_ann, now};

/// Of the first version of a program.
#[derive(Serialize, Deserialize, JsonSchema)]
struct First {
    limit: u32,
    host: String,
}

impl Default for First {
    fn default() -> Self {
        Self { limit: 20, host: "localhost".to_owned() }
    }
}

/// Of the second one: another default, one key more, one of another type.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Second {
    #[schemars(range(min = 1, max = 100))]
    limit: u32,
    host: u32,
    open: bool,
}

impl Default for Second {
    fn default() -> Self {
        Self { limit: 50, host: 7, open: true }
    }
}

fn version<T: ServiceConfig>(store: &Arc<MemoryStore>) -> Builder {
    Config::builder().service::<T>("cart").store(store.clone())
}

fn keeping<T: ServiceConfig>(store: &Arc<MemoryStore>) -> Config {
    version::<T>(store).keep_defaults("ann", now()).build().unwrap()
}

fn shown(config: &Config) -> Vec<String> {
    config.list("cart").unwrap().iter().map(ToString::to_string).collect()
}

#[test]
fn the_first_read_keeps_every_default_and_the_second_makes_no_revision() {
    let store = Arc::default();
    let config = keeping::<First>(&store);
    assert_eq!(shown(&config), ["cart.host = \"localhost\" (default)", "cart.limit = 20 (default)"]);
    let history = config.history();
    assert_eq!((history.len(), history[0].cause, history[0].author.as_str()), (1, Cause::Defaults, "ann"));
    let changes: Vec<_> = history[0].changes.iter().map(ToString::to_string).collect();
    assert_eq!(changes, ["cart.host: unset → \"localhost\"", "cart.limit: unset → 20"]);
    assert_eq!(keeping::<First>(&store).revision(), 1);
}

#[test]
fn a_kept_default_stays_in_force_when_a_later_program_has_another_one() {
    let store = Arc::default();
    keeping::<First>(&store);
    for config in [version::<Second>(&store).build().unwrap(), keeping::<Second>(&store)] {
        assert_eq!(config.get::<Second>("cart").unwrap().limit, 20);
        let limit = config.explain("cart.limit").unwrap();
        assert_eq!(limit.source, Source::Kept { number: 1 });
        assert_eq!(limit.to_string(), "cart.limit = 20 (default kept by revision 1)\n  overrode 50 (default)");
    }
}

#[test]
fn new_keys_are_kept_too_and_what_the_type_does_not_accept_any_more_is_not() {
    let store = Arc::default();
    keeping::<First>(&store);
    let config = keeping::<Second>(&store);
    let changes: Vec<_> = config.history()[1].changes.iter().map(ToString::to_string).collect();
    assert_eq!(changes, ["cart.host: \"localhost\" → 7", "cart.open: unset → true"]);
}

#[test]
fn files_and_what_was_set_at_run_time_win_over_a_kept_default() {
    let store = Arc::default();
    keeping::<First>(&store);
    let config = version::<Second>(&store).toml("a", "cart.limit = 30").build().unwrap();
    assert_eq!(config.get::<Second>("cart").unwrap().limit, 30);
    config.set(&by_ann().set("cart.limit", 40)).unwrap();
    assert_eq!(
        config.explain("cart.limit").unwrap().to_string(),
        "cart.limit = 40 (revision 2 by ann)
  overrode 30 (a:1)
  overrode 20 (default kept by revision 1)
  overrode 50 (default)
  waits for a refresh; the service sees 30"
    );
}

#[test]
fn defaults_that_are_renewed_are_those_of_the_program_that_runs() {
    let store = Arc::default();
    keeping::<First>(&store);
    let config = keeping::<Second>(&store);
    let applied = config.renew_defaults("cart", "bob", now()).unwrap();
    let renewed: Vec<_> = applied.changed.iter().map(ToString::to_string).collect();
    assert_eq!((applied.revision, renewed), (3, vec!["cart.limit".to_owned()]));
    assert_eq!(config.explain("cart.limit").unwrap().value, json!(50));
    let error = config.renew_defaults("crat", "bob", now()).unwrap_err().to_string();
    assert_eq!(error, "there is no service `crat`; did you mean `cart`?");
}

#[test]
fn going_back_to_an_earlier_revision_leaves_kept_defaults_alone() {
    let store = Arc::default();
    let config = keeping::<First>(&store);
    config.set(&by_ann().set("cart.limit", 40)).unwrap();
    config.refresh("cart").unwrap();
    assert_eq!(config.get::<First>("cart").unwrap().limit, 40);
    config.roll_back(0, "ann", now(), None).unwrap();
    config.refresh("cart").unwrap();
    assert_eq!(config.get::<First>("cart").unwrap().limit, 20);
    assert_eq!(version::<Second>(&store).build().unwrap().get::<Second>("cart").unwrap().limit, 20);
}

#[test]
fn a_default_that_has_to_be_set_is_not_kept() {
    #[derive(Default, Serialize, Deserialize, JsonSchema)]
    struct Must {
        #[schemars(range(min = 1))]
        limit: u32,
        open: bool,
    }
    let store = Arc::default();
    let config = version::<Must>(&store).toml("a", "cart.limit = 3").keep_defaults("ann", now()).build().unwrap();
    let kept: Vec<_> = config.history()[0].changes.iter().map(|change| change.path.to_string()).collect();
    assert_eq!(kept, ["cart.open"]);
    let error = version::<Must>(&store).build().err().unwrap().to_string();
    assert!(error.contains("`cart.limit` wants"), "{error}");
}
