//! What every [`Store`] has to do, as tests that any implementation can run.
//!
//! ```
//! use consort_config::{MemoryStore, testing};
//!
//! testing::conformance(MemoryStore::new);
//! ```
//!
//! Each rule is a function of its own, for those who want to run or name them one by one. They panic when the rule is
//! broken, and the text says how.

use std::num::NonZeroUsize;
use std::sync::Barrier;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::path::ConfigPath;
use crate::store::{AppendError, Cause, Change, Held, Revision, Store, Stored};

/// Runs every rule but durability, each on a store of its own. `fresh` makes an empty one.
pub fn conformance<S: Store>(fresh: impl Fn() -> S) {
    a_new_store_is_empty(&fresh());
    what_was_appended_is_loaded(&fresh());
    a_revision_that_does_not_follow_is_refused_and_changes_nothing(&fresh());
    only_the_newest_revisions_are_kept_and_all_values(&fresh());
    values_are_cleared_and_set_again(&fresh());
    kept_defaults_are_apart_from_values(&fresh());
    every_kind_of_value_comes_back_the_same(&fresh());
    of_concurrent_appends_one_wins(&fresh());
}

/// Runs the rule of stores that outlive their value. `open` opens the same store again, once the one before is dropped.
pub fn durability<S: Store>(open: impl Fn() -> S) {
    let written = {
        let store = open();
        append(&store, &set(1, "cart.limit", None, json!(1)), ALL);
        append(&store, &set(2, "cart.password", None, json!("hunter2")), ALL);
        load(&store)
    };
    assert_eq!(load(&open()), written, "a store that was opened again holds what was written");
    append(&open(), &set(3, "cart.limit", Some(json!(1)), json!(2)), ALL);
    assert_eq!(load(&open()).newest, 3, "a store that was opened again goes on");
}

/// Nothing is stored before the first revision.
pub fn a_new_store_is_empty(store: &dyn Store) {
    assert_eq!(load(store), Stored::default());
}

/// A revision, its values, who set them and when.
pub fn what_was_appended_is_loaded(store: &dyn Store) {
    let (one, two) = (set(1, "cart.limit", None, json!(1)), set(2, "cart.limit", Some(json!(1)), json!(2)));
    append(store, &one, ALL);
    append(store, &two, ALL);
    let stored = load(store);
    assert_eq!((stored.newest, &stored.revisions), (2, &vec![one, two]));
    let held = Held { value: json!(2), secret: true, forced: true, revision: 2, author: "author 2".to_owned() };
    assert_eq!(stored.values.into_iter().collect::<Vec<_>>(), [(path("cart.limit"), held)]);
}

/// Compare and set.
pub fn a_revision_that_does_not_follow_is_refused_and_changes_nothing(store: &dyn Store) {
    for number in [0, 2, 7, u64::MAX] {
        refused(store, number, 0);
    }
    append(store, &set(1, "cart.limit", None, json!(1)), ALL);
    let before = load(store);
    for number in [0, 1, 3, u64::MAX] {
        refused(store, number, 1);
    }
    assert_eq!(load(store), before, "a refused revision changes nothing");
    append(store, &set(2, "cart.limit", None, json!(1)), ALL);
}

/// History is bounded; what it set stays.
pub fn only_the_newest_revisions_are_kept_and_all_values(store: &dyn Store) {
    let keep = NonZeroUsize::new(3).expect("it is not zero");
    for number in 1..=10 {
        append(store, &set(number, &format!("cart.key{number}"), None, json!(number)), keep);
    }
    let stored = load(store);
    let numbers: Vec<_> = stored.revisions.iter().map(|revision| revision.number).collect();
    assert_eq!((stored.newest, numbers), (10, vec![8, 9, 10]), "the newest revisions, oldest first");
    assert_eq!(stored.values.len(), 10, "values outlive the revisions that set them");
    append(store, &set(11, "cart.key11", None, json!(11)), NonZeroUsize::MIN);
    assert_eq!(load(store).revisions.len(), 1, "a shorter history takes effect at once");
}

/// A value goes when a change says so, and no other does.
pub fn values_are_cleared_and_set_again(store: &dyn Store) {
    append(store, &set(1, "cart.limit", None, json!(1)), ALL);
    append(store, &set(2, "cart.limits", None, json!(2)), ALL);
    let mut clear = set(3, "cart.limit", Some(json!(1)), Value::Null);
    clear.changes[0].after = None;
    append(store, &clear, ALL);
    assert_eq!(load(store).values.into_keys().collect::<Vec<_>>(), [path("cart.limits")]);
    append(store, &set(4, "cart.limit", None, json!(null)), ALL);
    assert_eq!(load(store).values[&path("cart.limit")].value, json!(null), "null is a value, not its absence");
}

/// What revisions of defaults change is not among the values, at the same path neither.
pub fn kept_defaults_are_apart_from_values(store: &dyn Store) {
    append(store, &Revision { cause: Cause::Defaults, ..set(1, "cart.limit", None, json!(1)) }, ALL);
    append(store, &set(2, "cart.limit", None, json!(2)), ALL);
    let held = |values: &std::collections::BTreeMap<ConfigPath, Held>| {
        values.get(&path("cart.limit")).map(|held| (held.value.clone(), held.revision))
    };
    let stored = load(store);
    assert_eq!((held(&stored.defaults), held(&stored.values)), (Some((json!(1), 1)), Some((json!(2), 2))));
    let mut forgotten = Revision { cause: Cause::Defaults, ..set(3, "cart.limit", Some(json!(1)), Value::Null) };
    forgotten.changes[0].after = None;
    append(store, &forgotten, ALL);
    let stored = load(store);
    assert_eq!((held(&stored.defaults), held(&stored.values)), (None, Some((json!(2), 2))));
}

/// Numbers keep their type and every digit, texts every character; keys too.
pub fn every_kind_of_value_comes_back_the_same(store: &dyn Store) {
    let long = "x".repeat(100_000);
    let values = [
        json!(null),
        json!(false),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(0.1),
        json!(1.0),
        json!(f64::MAX),
        json!(""),
        json!("\0 \n \" \u{10ffff} é"),
        json!(long),
        json!([]),
        json!({}),
        json!([{ "a": [1, null] }]),
    ];
    let changes = values.iter().enumerate().map(|(at, value)| Change {
        path: ConfigPath::from(vec!["cart".to_owned(), format!("a.\"b\\ \0 é {at}")]),
        before: Some(value.clone()),
        after: Some(value.clone()),
        secret: at % 2 == 0,
        forced: at % 3 == 0,
    });
    let revision = Revision { changes: changes.collect(), ..set(1, "cart.limit", None, json!(1)) };
    append(store, &revision, ALL);
    let stored = load(store);
    assert_eq!(stored.revisions, std::slice::from_ref(&revision));
    for (path, held) in revision.values() {
        assert_eq!(stored.values.get(path), held.as_ref(), "{path}");
    }
}

/// Threads that append the same number: one is accepted, the others are told. Nothing of theirs is stored.
pub fn of_concurrent_appends_one_wins(store: &dyn Store) {
    const THREADS: u64 = 4;
    for number in 1..=8 {
        let start = Barrier::new(THREADS as usize);
        let attempt = |thread: u64| {
            start.wait();
            let revision = Revision { author: format!("{thread}"), ..set(number, "cart.limit", None, json!(thread)) };
            match store.append(&revision, ALL) {
                Ok(()) => Some(thread),
                Err(AppendError::NotNext { newest }) => {
                    assert_eq!(newest, number, "the loser is told the winner's number");
                    None
                }
                Err(error) => panic!("a race is no failure: {error}"),
            }
        };
        let winners: Vec<u64> = std::thread::scope(|scope| {
            let attempt = &attempt;
            let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || attempt(thread))).collect();
            threads.into_iter().filter_map(|thread| thread.join().expect("no thread panics")).collect()
        });
        assert_eq!(winners.len(), 1, "one of the threads wins revision {number}");
        let stored = load(store);
        assert_eq!((stored.newest, &stored.values[&path("cart.limit")].value), (number, &json!(winners[0])));
    }
}

const ALL: NonZeroUsize = NonZeroUsize::MAX;

fn path(text: &str) -> ConfigPath {
    text.parse().expect("a path")
}

fn load(store: &dyn Store) -> Stored {
    store.load().expect("the store loads")
}

fn append(store: &dyn Store, revision: &Revision, keep: NonZeroUsize) {
    store.append(revision, keep).expect("the next revision is accepted");
}

fn refused(store: &dyn Store, number: u64, newest: u64) {
    match store.append(&set(number, "cart.limit", None, json!(9)), ALL) {
        Err(AppendError::NotNext { newest: told }) => assert_eq!(told, newest, "who comes too late is told the newest"),
        Err(error) => panic!("revision {number} after {newest} is refused otherwise: {error}"),
        Ok(()) => panic!("revision {number} is accepted after {newest}"),
    }
}

/// A revision that sets one value, with every field different from its default.
fn set(number: u64, at: &str, before: Option<Value>, after: Value) -> Revision {
    Revision {
        number,
        at: SystemTime::UNIX_EPOCH + Duration::new(1_790_000_000, 123_456_789),
        author: format!("author {number}"),
        cause: Cause::RollBack { to: 7 },
        changes: vec![Change { path: path(at), before, after: Some(after), secret: true, forced: true }],
    }
}
