//! The file of states: kept, open once, refused if it is none or damaged.

use std::sync::Arc;

use bytes::Bytes;
use consort_state::{OpenError, RedbStateStore, StateKey, StateStore};

const ORDERS: StateKey<'_> = StateKey { service: "counter", path: "/counter/orders" };

#[tokio::test]
async fn a_file_is_its_owners_and_nothing_else_is_left_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("states.redb");
    let store = RedbStateStore::open(&path).unwrap();
    store.claim(ORDERS, 0).await.unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_file_can_be_open_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("states.redb");
    let open = RedbStateStore::open(&path).unwrap();
    let error = RedbStateStore::open(&path).unwrap_err();
    assert!(matches!(error, OpenError::InUse { .. }), "{error}");
    drop(open);
    RedbStateStore::open(&path).expect("who is dropped has let go of it");
}

#[test]
fn a_foreign_file_is_told_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("foreign");
    for content in [b"[cart]\nlimit = 3\n".to_vec(), vec![0; 5], vec![7; 100_000]] {
        std::fs::write(&path, &content).unwrap();
        let error = RedbStateStore::open(&path).unwrap_err();
        assert!(matches!(error, OpenError::Foreign { .. }), "{error}");
        assert!(std::fs::read(&path).unwrap() == content);
    }
    std::fs::remove_file(&path).unwrap();
    let database = redb::Database::create(&path).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction.open_table(redb::TableDefinition::<u64, u64>::new("orders")).unwrap();
    transaction.commit().unwrap();
    drop(database);
    let error = RedbStateStore::open(&path).unwrap_err();
    assert!(
        error.to_string().ends_with("is not a store of states: it is a redb database with other tables"),
        "{error}"
    );

    let folder_itself = RedbStateStore::open(folder.path()).unwrap_err();
    assert!(matches!(folder_itself, OpenError::Failed { .. }), "{folder_itself}");
}

#[test]
fn a_newer_format_is_told() {
    const META: redb::TableDefinition<'_, &str, u64> = redb::TableDefinition::new("consort.state.meta");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("states.redb");
    drop(RedbStateStore::open(&path).unwrap());
    let database = redb::Database::create(&path).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction.open_table(META).unwrap().insert("format", 2).unwrap();
    transaction.commit().unwrap();
    drop(database);
    let error = RedbStateStore::open(&path).unwrap_err();
    assert!(error.to_string().ends_with("its format is 2, this version reads 1"), "{error}");
}

#[tokio::test]
async fn a_file_whose_epochs_are_forgotten_is_claimed_under_any_and_keeps_its_states() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("states.redb");
    let store = RedbStateStore::open(&path).unwrap();
    let before = store.claim(ORDERS, 500).await.unwrap().fence;
    store.save(ORDERS, before, Bytes::from_static(b"7")).await.unwrap();
    assert!(matches!(RedbStateStore::forget_epochs(&path), Err(OpenError::InUse { .. })), "nobody may have it");
    drop(store);
    RedbStateStore::forget_epochs(&path).unwrap();
    let store = RedbStateStore::open(&path).unwrap();
    let claimed = store.claim(ORDERS, 1).await.unwrap();
    assert_eq!((claimed.fence.epoch, claimed.state.as_deref()), (1, Some(b"7".as_slice())));
    store.save(ORDERS, before, Bytes::from_static(b"8")).await.unwrap_err();
}

#[tokio::test]
async fn more_than_may_wait_is_written_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(RedbStateStore::open(folder.path().join("states.redb")).unwrap());
    let counters = (0..3_000).map(|number| {
        let store = store.clone();
        async move {
            let path = format!("/counter/{number}");
            let key = StateKey { service: "counter", path: &path };
            let fence = store.claim(key, 0).await.unwrap().fence;
            store.save(key, fence, path.clone().into()).await.unwrap();
            store.claim(key, 0).await.unwrap().state == Some(path.clone().into())
        }
    });
    let counters: tokio::task::JoinSet<bool> = counters.collect();
    assert_eq!(counters.join_all().await, [true; 3_000]);
}

/// Flips bits and cuts the file everywhere: what is then claimed is what was saved, or the file is refused with the cure.
#[tokio::test]
async fn a_damaged_file_is_refused_or_still_right_and_never_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("states.redb");
    let paths: Vec<String> = (0..20).map(|number| format!("/counter/{number}")).collect();
    let keys: Vec<_> = paths.iter().map(|path| StateKey { service: "counter", path }).collect();
    let state = |number: usize| Bytes::from(format!("state {number} ").repeat(40));
    {
        let store = RedbStateStore::open(&path).unwrap();
        for (number, key) in keys.iter().enumerate() {
            let fence = store.claim(*key, 3).await.unwrap().fence;
            store.save(*key, fence, state(number)).await.unwrap();
        }
    }
    let whole = std::fs::read(&path).unwrap();
    let used: Vec<usize> = (0..whole.len()).filter(|at| whole[*at] != 0).collect();
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let (mut told, mut unharmed) = (0, 0);
    for round in 0..200 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut damaged = whole.clone();
        let at = used[usize::try_from(random >> 33).unwrap() % used.len()];
        if round % 8 == 0 {
            damaged.truncate(at);
        } else {
            damaged[at] ^= 1 << (random >> 8 & 7);
        }
        std::fs::write(&path, &damaged).unwrap();
        match RedbStateStore::open(&path) {
            Ok(store) => {
                for (number, key) in keys.iter().enumerate() {
                    let claimed = store.claim(*key, 3).await.unwrap();
                    assert_eq!(
                        (claimed.fence.turn, claimed.state),
                        (2, Some(state(number))),
                        "round {round}, byte {at}"
                    );
                }
                unharmed += 1;
            }
            Err(error @ OpenError::Corrupt { .. }) => {
                assert!(error.to_string().contains("put a copy of the file in its place"), "{error}");
                told += 1;
            }
            Err(OpenError::Foreign { .. }) => told += 1,
            Err(other) => panic!("round {round}, byte {at}: {other}"),
        }
    }
    assert!(told > 0 && unharmed > 0, "{told} told, {unharmed} unharmed");
}
