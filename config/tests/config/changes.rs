//! Revisions: one after the other, each whole, each reversible.

use std::num::NonZeroUsize;
use std::sync::Arc;

use consort_config::{
    AppendError, CatchUpError, Cause, Config, Edit, MemoryStore, RollBackError, SetError, Store, StoreError,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::shop::{Cart, builder, by_ann, cart, config, now};

#[test]
fn a_revision_says_who_changed_what_and_when() {
    let config = config();
    let applied = config.set(&by_ann().set("cart.limit", 30).set("cart.mail", json!({ "host": "mx" }))).unwrap();
    assert_eq!(applied.revision, 1);
    assert_eq!(applied.changed.iter().map(ToString::to_string).collect::<Vec<_>>(), ["cart.limit", "cart.mail.host"]);
    assert_eq!(applied.waiting.iter().map(ToString::to_string).collect::<Vec<_>>(), ["cart.mail.host"]);
    config.set(&Edit::by("bob", now()).set_text("cart.limit", "40").clear("cart.mail")).unwrap();

    let history = config.history();
    assert_eq!((history[1].number, history[1].author.as_str(), history[1].at), (2, "bob", now()));
    assert_eq!(history[1].cause, Cause::Edit);
    let changes: Vec<_> = history[1].changes.iter().map(ToString::to_string).collect();
    assert_eq!(changes, ["cart.limit: 30 → 40", r#"cart.mail.host: "mx" → unset"#]);
}

#[test]
fn a_change_that_changes_nothing_makes_no_revision() {
    let config = config();
    config.set(&by_ann().set("cart.limit", 30)).unwrap();
    let applied = config.set(&by_ann().set("cart.limit", 30).clear("cart.open")).unwrap();
    assert_eq!((applied.revision, applied.changed.len(), config.history().len()), (1, 0, 1));
}

#[test]
fn of_two_who_expect_the_same_revision_one_wins() {
    let config = config();
    config.set(&by_ann().set("cart.limit", 30).expecting(0)).unwrap();
    let error = config.set(&Edit::by("bob", now()).set("cart.limit", 40).expecting(0)).unwrap_err();
    assert!(matches!(error, SetError::Conflict { expected: 0, newest: 1 }), "{error}");
    assert_eq!((cart(&config).limit, config.revision()), (30, 1));
}

#[test]
fn threads_that_compare_and_set_lose_no_change() {
    let config = config();
    std::thread::scope(|scope| {
        for author in ["ann", "bob", "cleo"] {
            let config = &config;
            scope.spawn(move || {
                for _ in 0..20 {
                    while let Err(error) = {
                        // The number first: a value that is newer than it is refused, one that is older would be lost.
                        let (revision, limit) = (config.revision(), config.explain("cart.limit").unwrap());
                        let next = limit.value.as_u64().unwrap() + 1;
                        config.set(&Edit::by(author, now()).set("cart.limit", next).expecting(revision))
                    } {
                        assert!(matches!(error, SetError::Conflict { .. }), "{error}");
                    }
                }
            });
        }
    });
    assert_eq!((config.revision(), cart(&config).limit), (60, 80));
}

#[test]
fn a_roll_back_is_a_new_revision_with_the_values_of_old() {
    let config = config();
    for limit in [30, 40, 50] {
        config.set(&by_ann().set("cart.limit", limit).set("cart.ratio", f64::from(limit))).unwrap();
    }
    config.set(&by_ann().clear("cart.ratio").set("cart.open", false)).unwrap();
    let applied = config.roll_back(2, "bob", now(), Some(4)).unwrap();
    config.refresh("cart").unwrap();
    let now_ = cart(&config);
    assert_eq!((applied.revision, now_.limit, now_.ratio, now_.open), (5, 40, 40.0, true));
    assert_eq!(config.history()[4].cause, Cause::RollBack { to: 2 });
    assert!(config.explain("cart.limit").unwrap().to_string().starts_with("cart.limit = 40 (revision 5 by bob)"));

    config.roll_back(4, "bob", now(), None).unwrap();
    config.roll_back(0, "bob", now(), None).unwrap();
    config.refresh("cart").unwrap();
    assert_eq!((cart(&config), config.revision()), (Cart::default(), 7));
    let error = config.roll_back(8, "bob", now(), None).unwrap_err();
    assert_eq!(error.to_string(), "revision 8 cannot be restored; those from 0 to 7 can");
    let error = config.roll_back(3, "bob", now(), Some(6)).unwrap_err();
    assert!(matches!(error, RollBackError::Set(SetError::Conflict { expected: 6, newest: 7 })), "{error}");
}

#[test]
fn history_is_bounded_and_so_is_the_way_back() {
    let config = builder().history(NonZeroUsize::new(3).unwrap()).build().unwrap();
    for limit in 1..=10 {
        config.set(&by_ann().set("cart.limit", limit)).unwrap();
    }
    let numbers: Vec<_> = config.history().iter().map(|revision| revision.number).collect();
    assert_eq!(numbers, [8, 9, 10]);
    let error = config.roll_back(6, "ann", now(), None).unwrap_err();
    assert!(matches!(error, RollBackError::Unknown { to: 6, oldest: 7, newest: 10 }), "{error}");
    config.roll_back(7, "ann", now(), None).unwrap();
    assert_eq!(cart(&config).limit, 7);
}

#[test]
fn what_is_too_large_is_refused_with_its_limit() {
    let config = config();
    let author = Edit::by("a".repeat(257), now()).set("cart.limit", 2);
    assert_eq!(config.set(&author).unwrap_err().to_string(), "bytes in the author's name: 257, at most 256");
    let many = (0..1025).fold(by_ann(), |edit, key| edit.set(&format!("cart.rates.k{key}"), 1));
    assert_eq!(config.set(&many).unwrap_err().to_string(), "values changed at once: 1025, at most 1024");
    let long = by_ann().set("cart.note", "x".repeat(300_000));
    assert!(matches!(config.set(&long), Err(SetError::TooLarge { limit: 262_144, .. })));
    let deep = (0..33).fold(json!(1), |inner, _| json!([inner]));
    let error = config.set(&by_ann().set("cart.hosts", deep)).unwrap_err().to_string();
    assert_eq!(error, "change by ann: `cart.hosts` is refused: it has more than 32 levels");
    assert_eq!(config.revision(), 0);
}

#[test]
fn values_and_history_are_there_again_in_the_next_process() {
    let store = Arc::new(MemoryStore::new());
    let open = || builder().store(Arc::clone(&store)).build().unwrap();
    open().set(&by_ann().set("cart.limit", 30).set("cart.ratio", 0.7)).unwrap();
    let config = open();
    assert_eq!((cart(&config).limit, cart(&config).ratio, config.revision()), (30, 0.7, 1));
    config.roll_back(0, "ann", now(), None).unwrap();
    assert_eq!(cart(&open()), Cart::default());
}

#[test]
fn changes_by_others_are_taken_over_before_ones_own() {
    let store = Arc::new(MemoryStore::new());
    let open = || builder().store(Arc::clone(&store)).build().unwrap();
    let (here, there) = (open(), open());
    there.set(&by_ann().set("cart.limit", 30)).unwrap();
    assert_eq!(cart(&here).limit, 20);
    assert_eq!((here.catch_up().unwrap(), cart(&here).limit), (1, 30));

    there.set(&by_ann().set("cart.limit", 40)).unwrap();
    let applied = here.set(&by_ann().set("cart.open", false)).unwrap();
    assert_eq!((applied.revision, cart(&here).limit), (3, 40));
    there.set(&by_ann().set("cart.limit", 50).expecting(3)).unwrap();
    let error = here.set(&by_ann().set("cart.limit", 60).expecting(3)).unwrap_err();
    assert!(matches!(error, SetError::Conflict { expected: 3, newest: 4 }), "{error}");
}

/// A later version of the cart's type.
#[derive(Default, Serialize, Deserialize, JsonSchema)]
struct NewCart {
    #[schemars(range(max = 25))]
    limit: u32,
    fresh: bool,
}

#[test]
fn what_a_new_version_does_not_accept_is_refused_or_cleared_in_a_revision() {
    let store = Arc::new(MemoryStore::new());
    let old = builder().store(Arc::clone(&store)).build().unwrap();
    old.set(&by_ann().set("cart.limit", 30).set("cart.ratio", 0.7).set("window.high", 11)).unwrap();

    let new = || Config::builder().service::<NewCart>("cart").store(Arc::clone(&store));
    assert_eq!(
        new().build().err().unwrap().to_string(),
        "2 mistakes in the configuration:
  revision 1 by ann: `cart.limit` wants an integer from 0 to 25, found 30
  revision 1 by ann: `cart.ratio` is unknown; the keys there are `fresh`, `limit`"
    );
    let config = new().clear_stale("upgrade", now()).build().unwrap();
    let changes: Vec<_> = config.history()[1].changes.iter().map(ToString::to_string).collect();
    assert_eq!(changes, ["cart.limit: 30 → unset", "cart.ratio: 0.7 → unset"], "other services keep theirs");

    config.set(&by_ann().set("cart.fresh", true)).unwrap();
    let error = old.catch_up().unwrap_err();
    assert!(matches!(error, CatchUpError::Mistakes(_)), "{error}");
    assert_eq!((old.revision(), cart(&old).limit), (1, 30), "all of it, or nothing");
    assert!(matches!(old.set(&by_ann().set("cart.limit", 31)), Err(SetError::CatchUp(_))));
}

/// A store whose disk is full.
struct Full(MemoryStore);

impl Store for Full {
    fn load(&self) -> Result<consort_config::Stored, StoreError> {
        self.0.load()
    }

    fn append(&self, _: &consort_config::Revision, _: NonZeroUsize) -> Result<(), AppendError> {
        Err(StoreError::Failed { reason: "no space".into(), source: None }.into())
    }
}

#[test]
fn what_the_store_does_not_take_does_not_take_effect() {
    let config = builder().store(Full(MemoryStore::new())).build().unwrap();
    let error = config.set(&by_ann().set("cart.limit", 30)).unwrap_err();
    assert_eq!(error.to_string(), "the store failed: no space");
    assert_eq!((cart(&config).limit, config.revision()), (20, 0));
}
