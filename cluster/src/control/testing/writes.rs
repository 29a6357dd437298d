//! Rules of writing and reading.

use std::sync::Arc;

use super::super::{CoordStore, Entry, Expect, Read, Revision, Snapshot, Transaction, WriteError};
use super::fixture::{keys, put, read, try_put, value};

/// Nothing is stored before the first put.
pub async fn a_new_store_is_empty(store: &dyn CoordStore) {
    assert_eq!(read(store, "nodes/1").await, None);
    assert_eq!(store.range("", Read::Latest).await.unwrap().entries, []);
    store.delete("nodes/1", Expect::Any).await.expect("that it was never there is no error");
}

/// A key, its value and its revision.
pub async fn what_was_put_is_read(store: &dyn CoordStore) {
    let revision = put(store, "nodes/1", "é \0 \n").await;
    let entry = Entry { key: "nodes/1".into(), value: "é \0 \n".into(), revision, lease: None };
    assert_eq!(read(store, "nodes/1").await, Some(entry));
    put(store, "nodes/1", "").await;
    assert_eq!(value(store, "nodes/1").await, Some("".into()), "empty is a value, not its absence");
    store.delete("nodes/1", Expect::Any).await.unwrap();
    assert_eq!(read(store, "nodes/1").await, None);
}

/// Compare and set.
pub async fn a_write_that_was_too_late_changes_nothing(store: &dyn CoordStore) {
    let one = try_put(store, "key", "1", Expect::Absent, None).await.expect("it was absent");
    let two = try_put(store, "key", "2", Expect::Revision(one), None).await.expect("it was of this revision");
    let late = |current| Err(WriteError::Conflict { key: "key".into(), current });
    for expect in [Expect::Absent, Expect::Revision(one), Expect::Revision(Revision(two.0 + 100))] {
        assert_eq!(try_put(store, "key", "3", expect, None).await, late(Some(two)), "{expect:?}");
        assert_eq!(store.delete("key", expect).await, late(Some(two)), "{expect:?}");
    }
    assert_eq!(value(store, "key").await, Some("2".into()));
    store.delete("key", Expect::Revision(two)).await.expect("it was of this revision");
    assert_eq!(try_put(store, "key", "3", Expect::Revision(two), None).await, late(None), "it is gone");
    try_put(store, "key", "4", Expect::Absent, None).await.expect("it is absent again");
}

/// Each change has a higher revision than the one before.
pub async fn revisions_only_grow(store: &dyn CoordStore) {
    let mut last = store.range("", Read::Latest).await.unwrap().revision;
    for round in 0..20 {
        let revision = match round % 3 {
            2 => store.delete("key", Expect::Any).await.unwrap(),
            _ => put(store, "key", "same").await,
        };
        assert!(revision > last, "{revision} comes after {last}");
        last = revision;
    }
    let nothing = store.delete("no such key", Expect::Any).await.unwrap();
    assert!(nothing >= last, "what changes nothing says where the store is");
    assert!(store.range("", Read::Latest).await.unwrap().revision >= last);
}

/// A prefix is a beginning of the text, not of the path.
pub async fn ranges_are_what_begins_so_in_order(store: &dyn CoordStore) {
    let all = ["a", "a/", "a/1", "a/10", "a/2", "a/é", "a/\u{10ffff}", "a0", "b", "ä/1", "\u{10ffff}"];
    for key in all {
        put(store, key, key).await;
    }
    assert_eq!(keys(store, "").await, all);
    assert_eq!(keys(store, "a").await, all[..8]);
    assert_eq!(keys(store, "a/").await, all[1..7]);
    assert_eq!(keys(store, "a/1").await, all[2..4]);
    assert_eq!(keys(store, "a/\u{10ffff}").await, all[6..7]);
    assert_eq!(keys(store, "\u{10ffff}").await, all[10..], "there is no key after the last one");
    assert_eq!(keys(store, "c").await, [""; 0]);
}

/// What this node was told, it knows.
pub async fn local_reads_see_what_is_there(store: &dyn CoordStore) {
    let revision = put(store, "key", "1").await;
    let Snapshot { revision: begin, .. } = store.range("", Read::Latest).await.unwrap();
    assert!(begin >= revision);
    loop {
        let local = store.range("k", Read::Local).await.expect("a local read needs no quorum");
        if local.revision >= revision {
            assert_eq!(local.entries.len(), 1);
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    while store.get("key", Read::Local).await.expect("nor does this one").is_none() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

/// Several keys at once, under several conditions.
pub async fn a_transaction_is_made_wholly_or_not_at_all(store: &dyn CoordStore) {
    let lease = put(store, "lease", "1").await;
    let table = put(store, "table", "1").await;
    let both = |lease, table| {
        Transaction::new()
            .put("table", "2", Expect::Revision(table), None)
            .delete("old", Expect::Any)
            .check("lease", Expect::Revision(lease))
            .put("new", "2", Expect::Absent, None)
    };
    let refused = store.commit(both(Revision(lease.0 + 100), table)).await;
    assert_eq!(refused, Err(WriteError::Conflict { key: "lease".into(), current: Some(lease) }));
    let refused = store.commit(both(lease, Revision(table.0 + 100))).await;
    assert_eq!(refused, Err(WriteError::Conflict { key: "table".into(), current: Some(table) }));
    assert_eq!((value(store, "table").await, value(store, "new").await), (Some("1".into()), None));
    let made = store.commit(both(lease, table)).await.expect("all is as expected");
    for key in ["table", "new"] {
        assert_eq!(read(store, key).await.unwrap().revision, made, "{key} is of the transaction's revision");
    }
    assert_eq!(read(store, "lease").await.unwrap().revision, lease, "what was looked at was not changed");
    let refused = store.commit(both(lease, made)).await;
    assert_eq!(refused, Err(WriteError::Conflict { key: "new".into(), current: Some(made) }));
    store.commit(Transaction::new()).await.expect("nothing to do is no error");
    store.commit(Transaction::new().check("lease", Expect::Revision(lease))).await.expect("it is so");
}

/// Tasks that count a number up by compare and set: none of them is lost.
pub async fn of_concurrent_writes_one_wins(store: Arc<dyn CoordStore>) {
    const TASKS: u64 = 4;
    const EACH: u64 = 10;
    put(&*store, "count", "0").await;
    let tasks = (0..TASKS).map(|_| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            for _ in 0..EACH {
                count_up(&*store).await;
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.expect("no task panics");
    }
    assert_eq!(value(&*store, "count").await, Some((TASKS * EACH).to_string().into()));
}

async fn count_up(store: &dyn CoordStore) {
    loop {
        let Entry { value, revision, .. } = read(store, "count").await.expect("the count");
        let count: u64 = std::str::from_utf8(&value).expect("a text").parse().expect("a number");
        match try_put(store, "count", &(count + 1).to_string(), Expect::Revision(revision), None).await {
            Ok(_) => return,
            Err(WriteError::Conflict { .. }) => {}
            Err(error) => panic!("a race is no failure: {error}"),
        }
    }
}
