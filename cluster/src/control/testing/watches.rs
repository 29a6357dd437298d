//! Rules of watching.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::{
    Change, Changes, CoordStore, Entry, Expect, Follow, Followed, Read, Revision, Transaction, Watch, WatchError,
};
use super::fixture::{Fixture, put, value};

async fn next(watch: &mut Watch) -> Changes {
    watch.next().await.expect("the watch goes on")
}

fn names(changes: &Changes) -> Vec<String> {
    let name = |change: &Change| match change {
        Change::Put(entry) => format!("+{}", entry.key),
        Change::Deleted { key } => format!("-{key}"),
    };
    let mut names: Vec<String> = changes.changes.iter().map(name).collect();
    names.sort();
    names
}

/// From what has been, from now, from what will be.
pub async fn a_watch_may_begin_anywhere(store: &dyn CoordStore) {
    let begin = store.range("", Read::Latest).await.unwrap().revision;
    let one = put(store, "a/1", "1").await;
    let two = put(store, "b", "2").await;
    let three = put(store, "a/2", "3").await;
    let mut all = store.watch("", begin);
    for revision in [one, two, three] {
        assert_eq!(next(&mut all).await.revision, revision);
    }
    let mut some = store.watch("a/", begin);
    assert_eq!((next(&mut some).await.revision, next(&mut some).await.revision), (one, three));
    let mut from_now = store.watch("a/", three);
    let mut from_later = store.watch("", Revision(three.0 + 1));
    let (four, five) = (put(store, "a/3", "4").await, put(store, "a/4", "5").await);
    assert_eq!(next(&mut from_now).await.revision, four, "what comes after, and only that");
    let later = next(&mut from_later).await.revision;
    assert!(later > Revision(three.0 + 1) && later <= five, "what comes after, and only that");
}

/// What changed together is told together.
pub async fn each_transaction_is_told_whole(store: &dyn CoordStore) {
    let begin = put(store, "a/gone", "1").await;
    let mut watch = store.watch("a/", begin);
    let transaction = Transaction::new()
        .put("a/1", "1", Expect::Any, None)
        .put("b/1", "1", Expect::Any, None)
        .delete("a/gone", Expect::Any)
        .delete("a/never", Expect::Any)
        .put("a/2", "2", Expect::Any, None);
    let made = store.commit(transaction).await.unwrap();
    let changes = next(&mut watch).await;
    assert_eq!((changes.revision, names(&changes)), (made, vec!["+a/1".into(), "+a/2".into(), "-a/gone".into()]));
    let entry = Entry { key: "a/1".into(), value: "1".into(), revision: made, lease: None };
    assert!(changes.changes.contains(&Change::Put(entry)), "what was put is told with its value");
}

/// Many writers, and one who reads after them: every change of every writer, in order.
pub async fn a_watch_tells_all_under_churn_without_a_gap(store: Arc<dyn CoordStore>) {
    const WRITERS: usize = 4;
    const EACH: usize = 50;
    let begin = store.range("", Read::Latest).await.unwrap().revision;
    let writers: Vec<_> = (0..WRITERS).map(|writer| tokio::spawn(churn(Arc::clone(&store), writer, EACH))).collect();
    let (mut seen, mut last) = (vec![0; WRITERS], begin);
    let mut watch = store.watch("churn/", begin);
    while seen.iter().any(|count| *count < EACH) {
        // Dropped on the way again and again: nothing may get lost by that.
        let Ok(changes) = tokio::time::timeout(std::time::Duration::from_micros(300), watch.next()).await else {
            continue;
        };
        let changes = changes.expect("the watch goes on");
        assert!(changes.revision > last, "{} comes after {last}", changes.revision);
        last = changes.revision;
        if last.0 % 16 == 0 {
            watch = store.watch("churn/", last);
        }
        for change in changes.changes {
            let Change::Put(entry) = change else { panic!("nothing was deleted") };
            let (writer, count) = entry.key["churn/".len()..].split_once('/').expect("writer and count");
            let writer: usize = writer.parse().expect("a number");
            assert_eq!(count.parse(), Ok(seen[writer]), "what writer {writer} wrote next is told next");
            seen[writer] += 1;
        }
    }
    for writer in writers {
        writer.await.expect("no writer panics");
    }
}

async fn churn(store: Arc<dyn CoordStore>, writer: usize, count: usize) {
    for at in 0..count {
        put(&*store, &format!("churn/{writer}/{at}"), "x").await;
    }
}

/// Who is told of a gap can read again.
pub async fn a_watch_that_is_too_far_behind_is_told<F: Fixture>(fixture: &F) {
    let store = fixture.fresh().await;
    let begin = put(&*store, "first", "1").await;
    put(&*store, "second", "1").await;
    fixture.compact(&store).await;
    let newest = put(&*store, "last", "1").await;
    let mut behind = store.watch("", begin);
    let error = behind.next().await.expect_err("what came after the first key is forgotten");
    let WatchError::Compacted { now } = error else { panic!("it is told otherwise: {error}") };
    // whoever says so need not have heard of the last change yet
    assert!(now > begin, "{begin} is before {now}, or nothing was missed");
    assert_eq!(behind.next().await, Err(WatchError::Compacted { now }), "and it stays so");
    let mut again = store.watch("", newest);
    let next = put(&*store, "next", "1").await;
    assert_eq!(again.next().await.expect("the new watch goes on").revision, next);
}

/// What it told, put together, is what there is: also when changes were forgotten on the way.
pub async fn a_follower_misses_nothing_for_long<F: Fixture>(fixture: &F) {
    let store = fixture.fresh().await;
    put(&*store, "a/1", "1").await;
    let mut follow = Follow::new(Arc::clone(&store), "a/");
    let mut known = BTreeMap::new();
    take(&mut follow, &mut known).await;
    store.delete("a/1", Expect::Any).await.unwrap();
    put(&*store, "a/2", "2").await;
    fixture.compact(&store).await;
    put(&*store, "a/end", "3").await;
    while !known.contains_key("a/end") {
        take(&mut follow, &mut known).await;
    }
    assert_eq!(known.keys().map(|key| &**key).collect::<Vec<_>>(), ["a/2", "a/end"]);
    assert_eq!(known.get("a/end").cloned(), value(&*store, "a/end").await);
}

async fn take(follow: &mut Follow, known: &mut BTreeMap<Box<str>, bytes::Bytes>) {
    match follow.next().await.expect("there is a quorum") {
        Followed::All(snapshot) => {
            *known = snapshot.entries.into_iter().map(|entry| (entry.key, entry.value)).collect();
        }
        Followed::Changed(changes) => {
            for change in changes.changes {
                match change {
                    Change::Put(entry) => drop(known.insert(entry.key, entry.value)),
                    Change::Deleted { key } => drop(known.remove(&key)),
                }
            }
        }
    }
}
