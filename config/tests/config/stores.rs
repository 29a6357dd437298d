//! Both stores pass the suite; stores with planted bugs do not; a file that is no store is a clear error.

use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};

use consort_config::{AppendError, MemoryStore, RedbStore, Revision, Store, StoreError, Stored, testing};
use parking_lot::Mutex;

use crate::shop::{builder, by_ann, cart};

#[test]
fn memory_conforms() {
    testing::conformance(MemoryStore::new);
}

#[test]
fn redb_conforms_and_is_durable() {
    let folder = tempfile::tempdir().unwrap();
    let number = Mutex::new(0);
    testing::conformance(|| {
        *number.lock() += 1;
        RedbStore::open(folder.path().join(format!("{}.redb", number.lock()))).unwrap()
    });
    testing::durability(|| RedbStore::open(folder.path().join("durable.redb")).unwrap());
}

/// What is wrong with a store.
#[derive(Clone, Copy, Debug)]
enum Bug {
    AcceptsAnyNumber,
    ForgetsClears,
    KeepsAllRevisions,
    ForgetsValuesWithRevisions,
    ReturnsNewestFirst,
    LosesAuthor,
    LosesNull,
    ChangesBeforeRefusing,
    ChecksWithoutLock,
}

#[derive(Default)]
struct Buggy {
    bug: Option<Bug>,
    stored: Mutex<Stored>,
}

impl Store for Buggy {
    fn load(&self) -> Result<Stored, StoreError> {
        let mut stored = self.stored.lock().clone();
        match self.bug {
            Some(Bug::ReturnsNewestFirst) => stored.revisions.reverse(),
            Some(Bug::LosesAuthor) => stored.values.values_mut().for_each(|held| held.author.clear()),
            Some(Bug::LosesNull) => stored.values.retain(|_, held| !held.value.is_null()),
            Some(Bug::ForgetsValuesWithRevisions) => {
                let oldest = stored.revisions.first().map_or(0, |revision| revision.number);
                stored.values.retain(|_, held| held.revision >= oldest);
            }
            _ => {}
        }
        Ok(stored)
    }

    fn append(&self, revision: &Revision, keep: NonZeroUsize) -> Result<(), AppendError> {
        let mut revision = revision.clone();
        let seen = self.stored.lock().newest;
        let mut keep = keep;
        match self.bug {
            Some(Bug::AcceptsAnyNumber) => self.stored.lock().newest = revision.number.wrapping_sub(1),
            Some(Bug::ForgetsClears) => revision.changes.retain(|change| change.after.is_some()),
            Some(Bug::KeepsAllRevisions) => keep = NonZeroUsize::MAX,
            Some(Bug::ChangesBeforeRefusing) => {
                let mut stored = self.stored.lock();
                revision
                    .values()
                    .for_each(|(path, held)| drop(held.map(|held| stored.values.insert(path.clone(), held))));
            }
            Some(Bug::ChecksWithoutLock) if seen + 1 == revision.number => {
                std::thread::yield_now();
                self.stored.lock().newest = seen;
            }
            _ => {}
        }
        self.stored.lock().append(&revision, keep)
    }
}

#[test]
fn the_suite_finds_planted_bugs() {
    testing::conformance(Buggy::default);
    let quiet = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let found = |bug| {
        let run = || testing::conformance(|| Buggy { bug: Some(bug), stored: Mutex::default() });
        catch_unwind(AssertUnwindSafe(run)).is_err()
    };
    let missed: Vec<_> = [
        Bug::AcceptsAnyNumber,
        Bug::ForgetsClears,
        Bug::KeepsAllRevisions,
        Bug::ForgetsValuesWithRevisions,
        Bug::ReturnsNewestFirst,
        Bug::LosesAuthor,
        Bug::LosesNull,
        Bug::ChangesBeforeRefusing,
    ]
    .into_iter()
    .filter(|bug| !found(*bug))
    .collect();
    // A race is found when it happens, so it may take more than one run.
    let race = (0..200).any(|_| found(Bug::ChecksWithoutLock));
    std::panic::set_hook(quiet);
    assert!(missed.is_empty() && race, "the suite misses {missed:?}; finds the race: {race}");
}

#[test]
fn a_change_survives_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let open = || builder().store(RedbStore::open(folder.path().join("config.redb")).unwrap()).build().unwrap();
    open().set(&by_ann().set("cart.limit", 30)).unwrap();
    let config = open();
    assert_eq!((cart(&config).limit, config.revision()), (30, 1));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.path().join("config.redb")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "secrets are for the owner");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left there");
}

#[test]
fn a_file_can_be_open_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.redb");
    let _open = RedbStore::open(&path).unwrap();
    let error = RedbStore::open(&path).unwrap_err();
    assert!(matches!(error, StoreError::InUse { .. }), "{error}");
}

#[test]
fn a_foreign_file_is_told_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("foreign");
    for content in [b"[cart]\nlimit = 3\n".to_vec(), vec![0; 5], vec![0; 100_000], vec![7; 100_000]] {
        std::fs::write(&path, &content).unwrap();
        let error = RedbStore::open(&path).unwrap_err();
        assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
        assert!(std::fs::read(&path).unwrap() == content);
    }

    std::fs::remove_file(&path).unwrap();
    let database = redb::Database::create(&path).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction.open_table(redb::TableDefinition::<u64, u64>::new("orders")).unwrap();
    transaction.commit().unwrap();
    drop(database);
    let error = RedbStore::open(&path).unwrap_err();
    assert!(error.to_string().contains("is not a store of configuration: it is a redb database with"), "{error}");

    let folder_itself = RedbStore::open(folder.path()).unwrap_err();
    assert!(matches!(folder_itself, StoreError::Failed { .. }), "{folder_itself}");
}

#[test]
fn a_newer_format_and_contradictions_are_told() {
    const META: redb::TableDefinition<'_, &str, u64> = redb::TableDefinition::new("consort.config.meta");
    const VALUES: redb::TableDefinition<'_, &str, &[u8]> = redb::TableDefinition::new("consort.config.values");
    const REVISIONS: redb::TableDefinition<'_, u64, &[u8]> = redb::TableDefinition::new("consort.config.revisions");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.redb");
    let spoil = |spoil: &dyn Fn(&redb::WriteTransaction)| {
        let _ = std::fs::remove_file(&path);
        builder().store(RedbStore::open(&path).unwrap()).build().unwrap().set(&by_ann().set("cart.limit", 3)).unwrap();
        let database = redb::Database::create(&path).unwrap();
        let transaction = database.begin_write().unwrap();
        spoil(&transaction);
        transaction.commit().unwrap();
        drop(database);
        RedbStore::open(&path).and_then(|store| store.load()).unwrap_err().to_string()
    };
    let format = spoil(&|it| drop(it.open_table(META).unwrap().insert("format", 2).unwrap()));
    assert!(format.ends_with("its format is 2, this version reads 1"), "{format}");
    let value = spoil(&|it| drop(it.open_table(VALUES).unwrap().insert("cart.open", b"{".as_slice()).unwrap()));
    assert!(value.ends_with("is damaged: a value cannot be read"), "{value}");
    let gap = spoil(&|it| drop(it.open_table(REVISIONS).unwrap().remove(1).unwrap()));
    assert!(gap.ends_with("is damaged: the newest revision is missing"), "{gap}");
    let gone = spoil(&|it| assert!(it.delete_table(VALUES).unwrap()));
    assert!(gone.contains("is damaged: "), "{gone}");
}

/// Flips bits and cuts the file everywhere: what is then read is what was written, or it is an error that says so.
#[test]
fn a_damaged_file_is_an_error_or_still_right_and_never_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.redb");
    {
        let config = builder().store(RedbStore::open(&path).unwrap()).build().unwrap();
        (1..=20).for_each(|limit| drop(config.set(&by_ann().set("cart.limit", limit)).unwrap()));
    }
    let whole = std::fs::read(&path).unwrap();
    let right = RedbStore::open(&path).unwrap().load().unwrap();
    let used: Vec<usize> = (0..whole.len()).filter(|at| whole[*at] != 0).collect();
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let (mut told, mut unharmed) = (0, 0);
    for round in 0..400 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut damaged = whole.clone();
        let at = used[usize::try_from(random >> 33).unwrap() % used.len()];
        if round % 8 == 0 {
            damaged.truncate(at);
        } else {
            damaged[at] ^= 1 << (random >> 8 & 7);
        }
        std::fs::write(&path, &damaged).unwrap();
        match RedbStore::open(&path).and_then(|store| store.load()) {
            Ok(stored) => {
                assert!(stored == right, "round {round}, byte {at}: {}", stored.newest);
                unharmed += 1;
            }
            Err(StoreError::Corrupt { .. } | StoreError::Foreign { .. }) => told += 1,
            Err(other) => panic!("round {round}, byte {at}: {other}"),
        }
    }
    assert!(told > 0 && unharmed > 0, "{told} told, {unharmed} unharmed");
}
