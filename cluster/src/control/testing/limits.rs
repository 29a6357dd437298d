//! Rules of limits: each is reached and passed.

use std::time::Duration;

use bytes::Bytes;

use super::super::{
    CoordStore, Expect, LeaseError, Limit, LimitError, Read, ReadError, Revision, Transaction, WatchError, WriteError,
};
use super::fixture::value;

/// At least one character, and none that would spoil a line.
pub async fn keys_are_texts(store: &dyn CoordStore) {
    for key in ["", "\0", "a\nb", "a/\u{7f}"] {
        let bad = LimitError::BadKey { key: key.into() };
        let refused = store.put(key, Bytes::new(), Expect::Any, None).await;
        assert_eq!(refused, Err(WriteError::Limit(bad.clone())), "{key:?}");
        assert_eq!(store.get(key, Read::Latest).await, Err(ReadError::Limit(bad.clone())), "{key:?}");
        if !key.is_empty() {
            assert_eq!(store.range(key, Read::Latest).await, Err(ReadError::Limit(bad.clone())), "{key:?}");
            assert_eq!(store.watch(key, Revision::START).next().await, Err(WatchError::Limit(bad)), "{key:?}");
        }
    }
    let twice = Transaction::new().put("a", "1", Expect::Any, None).check("a", Expect::Any);
    assert_eq!(store.commit(twice).await, Err(LimitError::Twice { key: "a".into() }.into()));
}

/// Keys, values, transactions.
pub async fn lengths_have_limits(store: &dyn CoordStore) {
    let too_much = |limit: Limit| WriteError::Limit(LimitError::TooMuch { limit, got: limit.most() + 1 });
    let long = "é".repeat(Limit::Key.most() / 2);
    store.put(&long, Bytes::new(), Expect::Any, None).await.expect("as long as is allowed");
    assert_eq!(value(store, &long).await, Some(Bytes::new()));
    let refused = store.put(&format!("{long}x"), Bytes::new(), Expect::Any, None).await;
    assert_eq!(refused, Err(too_much(Limit::Key)));

    let large = Bytes::from(vec![7; Limit::Value.most() + 1]);
    assert_eq!(store.put("large", large.clone(), Expect::Any, None).await, Err(too_much(Limit::Value)));
    let large = large.slice(1..);
    store.put("large", large.clone(), Expect::Any, None).await.expect("as large as is allowed");
    assert_eq!(value(store, "large").await, Some(large.clone()));

    let rest = Limit::Transaction.most() - Limit::Value.most() - 2;
    let two = |rest| {
        let both = Transaction::new().put("a", large.clone(), Expect::Any, None);
        both.put("b", large.slice(..rest), Expect::Any, None)
    };
    assert_eq!(store.commit(two(rest + 1)).await, Err(too_much(Limit::Transaction)));
    store.commit(two(rest)).await.expect("as large as is allowed");

    let steps =
        |count| (0..count).fold(Transaction::new(), |all, at| all.put(&format!("{at}"), "x", Expect::Any, None));
    assert_eq!(store.commit(steps(Limit::Steps.most() + 1)).await, Err(too_much(Limit::Steps)));
    store.commit(steps(Limit::Steps.most())).await.expect("as many as are allowed");
    let checks = |count| (0..count).fold(Transaction::new(), |all, at| all.check(&format!("{at}"), Expect::Any));
    store.commit(checks(Limit::Steps.most())).await.expect("as many as are allowed");
}

/// What is too long to be read at once is read in parts.
pub async fn ranges_have_a_limit(store: &dyn CoordStore) {
    let large = Bytes::from(vec![7; Limit::Value.most()]);
    let keys: Vec<String> = (10..10 + Limit::Range.most() / Limit::Value.most()).map(|at| format!("r/{at}")).collect();
    for key in &keys {
        // The last one takes what the keys leave.
        let value = if *key == keys[keys.len() - 1] { large.slice(4 * keys.len()..) } else { large.clone() };
        store.put(key, value, Expect::Any, None).await.expect("there is room");
    }
    let all = store.range("r/", Read::Latest).await.expect("as long as is allowed");
    assert_eq!(all.entries.len(), keys.len());
    store.put("r/+", Bytes::new(), Expect::Any, None).await.expect("there is room");
    let too_much = LimitError::TooMuch { limit: Limit::Range, got: Limit::Range.most() + 3 };
    assert_eq!(store.range("r/", Read::Latest).await, Err(ReadError::Limit(too_much)));
    assert_eq!(store.range("r/1", Read::Latest).await.expect("a part of it").entries.len(), 10);
}

/// Not too short to be renewed, not so long that it is none.
pub async fn leases_have_limits(store: &dyn CoordStore) {
    let longest = Duration::from_millis(Limit::Lease.most() as u64);
    let shortest = Duration::from_millis(500);
    for ttl in [longest, shortest] {
        let lease = store.grant(ttl).await.expect("as long as is allowed");
        store.revoke(lease).await.expect("it is there");
    }
    let refused = store.grant(longest + Duration::from_millis(1)).await;
    let got = Limit::Lease.most() + 1;
    assert_eq!(refused, Err(LeaseError::Limit(LimitError::TooMuch { limit: Limit::Lease, got })));
    let got = shortest - Duration::from_millis(1);
    assert_eq!(store.grant(got).await, Err(LeaseError::Limit(LimitError::TooShort { got })));
}
