use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use consort_cluster::membership::discovery::{
    Discovery, Resolve, Resolving, SEEDS_MAX, SeedFile, SeedList, SystemResolver, testing,
};
use tokio::time::timeout;

use crate::switchboard::Switchboard;

/// A file of its own for each test, gone with it.
struct TestFile(PathBuf);

impl TestFile {
    fn new(name: &str, text: &str) -> Self {
        let file = TestFile(std::env::temp_dir().join(format!("consort-{}-{name}", std::process::id())));
        file.write(text);
        file
    }

    fn write(&self, text: &str) {
        std::fs::write(&self.0, text).unwrap();
    }
}

impl Drop for TestFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn refused(text: &str) -> String {
    SeedList::parse(text).unwrap_err().to_string()
}

async fn entries(discovery: &dyn Discovery) -> Result<Vec<String>, String> {
    let seeds = discovery.discover().await.map_err(|error| error.to_string())?;
    Ok(seeds.into_iter().map(|seed| seed.entry).collect())
}

#[tokio::test]
async fn a_list_is_a_discovery() {
    struct Lists;
    impl testing::Fixture for Lists {
        fn with(&self, entries: &[&str]) -> Box<dyn Discovery> {
            Box::new(SeedList::new(entries.iter().copied()).unwrap().resolver(testing::Names))
        }
    }
    testing::conformance(&Lists).await;
}

#[tokio::test]
async fn a_file_is_a_discovery() {
    struct Files(TestFile);
    impl testing::Fixture for Files {
        fn with(&self, entries: &[&str]) -> Box<dyn Discovery> {
            self.0.write(&entries.join("\n"));
            Box::new(SeedFile::new(&self.0.0).resolver(testing::Names))
        }
    }
    testing::conformance(&Files(TestFile::new("suite", ""))).await;
}

#[test]
fn a_bad_entry_of_a_list_is_named_with_its_place_and_what_would_be_right() {
    assert_eq!(refused("a:1,b"), "seed 2: `b` has no port: write it as host:port, `b:7400`");
    assert_eq!(refused("a:1,,b:2"), "seed 2 is empty; one address is host:port, several are separated by commas");
    assert!(refused("").starts_with("seed 1 is empty"));
    assert!(refused("a:1;b.c:2").contains("`a:1;b.c:2`"));
}

#[test]
fn a_list_has_a_largest_length() {
    let list = |count: usize| SeedList::new(std::iter::repeat_n("a:1", count));
    assert!(list(SEEDS_MAX).is_ok());
    assert!(list(SEEDS_MAX + 1).unwrap_err().to_string().starts_with("257 seeds; at most 256"));
}

#[tokio::test]
async fn a_file_has_one_seed_a_line_and_comments() {
    let file = TestFile::new("comments", "# ours\n10.0.0.1:7400\n\n  10.0.0.2:7400  # the new one\n");
    assert_eq!(entries(&SeedFile::new(&file.0)).await, Ok(vec!["10.0.0.1:7400".into(), "10.0.0.2:7400".into()]));
}

#[tokio::test]
async fn a_changed_file_counts_for_the_next_try_and_a_bad_line_is_named() {
    let file = TestFile::new("changes", "");
    let discovery = SeedFile::new(&file.0);
    assert_eq!(entries(&discovery).await, Ok(vec![]));
    file.write("10.0.0.1:7400\n10.0.0.2\n");
    let bad = "seed 2: `10.0.0.2` has no port: write it as host:port, `10.0.0.2:7400`";
    assert_eq!(entries(&discovery).await, Err(bad.into()));
    file.write("10.0.0.1:7400");
    assert_eq!(entries(&discovery).await, Ok(vec!["10.0.0.1:7400".into()]));
    file.write(&"#".repeat(64 * 1024));
    assert_eq!(entries(&discovery).await, Ok(vec![]));
    file.write(&"#".repeat(64 * 1024 + 1));
    assert!(entries(&discovery).await.unwrap_err().contains("larger than 65536 bytes"));
    assert!(entries(&SeedFile::new(Path::new("/nowhere/seeds"))).await.is_err());
}

#[tokio::test]
async fn the_resolver_of_the_system_knows_this_machine() {
    let found = SystemResolver.resolve("localhost", 7400).await.unwrap();
    assert!(!found.is_empty() && found.iter().all(|address| address.ip().is_loopback() && address.port() == 7400));
}

/// Knows `seed.test` from the third time on.
struct Late(Arc<AtomicUsize>);

impl Resolve for Late {
    fn resolve<'a>(&'a self, _: &'a str, port: u16) -> Resolving<'a> {
        Box::pin(async move {
            match self.0.fetch_add(1, Ordering::Relaxed) {
                0 | 1 => Err(io::Error::new(io::ErrorKind::NotFound, "no such name")),
                _ => Ok(vec![([10, 0, 0, 9], port).into(), ([10, 0, 0, 1], port).into()]),
            }
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_is_resolved_anew_for_every_try_and_all_of_its_addresses_are_tried() {
    let board = Switchboard::default();
    let seed = board.node(1).on_this_runtime();
    board.connect(1, &seed);
    let asked = Arc::new(AtomicUsize::new(0));
    let discovery = SeedList::parse("seed.test:7400").unwrap().resolver(Late(asked.clone()));
    let node = board.node(2).discovery(discovery).on_this_runtime();
    board.connect(2, &node);
    timeout(Duration::from_secs(10), node.joined()).await.expect("it joins").unwrap();
    assert_eq!(asked.load(Ordering::Relaxed), 3);
}
