//! [`Leftovers`]: what a process has.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::runtime::{Builder, Handle};

/// A node's ending takes some hundred milliseconds; so much longer on a slow machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the process had before a test made its nodes.
pub struct Before(Leftovers);

/// Runs a test on a runtime of several threads, while no other test has one.
pub fn alone<F: Future>(test: impl FnOnce(Before) -> F) {
    alone_on(&mut Builder::new_multi_thread(), test);
}

/// As [`alone`], on a runtime made as this says.
pub fn alone_on<F: Future>(runtime: &mut Builder, test: impl FnOnce(Before) -> F) {
    alone_outside(|_| {
        let runtime = runtime.enable_all().build().unwrap();
        runtime.block_on(async { test(Before(Leftovers::now())).await });
    });
}

/// As [`alone`], for a test that makes its runtimes itself.
pub fn alone_outside(test: impl FnOnce(Before)) {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock();
    // made once for all nodes of the process
    crate::identity::identity();
    test(Before(Leftovers::now()));
}

/// Threads of nodes by name, open files, and tasks of the runtime in which the test runs.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Leftovers {
    threads: BTreeMap<String, usize>,
    files: Vec<String>,
    tasks: usize,
}

impl Before {
    /// The process has no more than it had; soon.
    pub async fn is_all_there_is(&self) {
        let begun = Instant::now();
        while let Err(now) = self.compared() {
            assert!(begun.elapsed() < PATIENCE, "{:#?} became {now:#?}", self.0);
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// As [`is_all_there_is`](Before::is_all_there_is), outside of a runtime.
    pub fn is_all_there_is_outside(&self) {
        let begun = Instant::now();
        while let Err(now) = self.compared() {
            assert!(begun.elapsed() < PATIENCE, "{:#?} became {now:#?}", self.0);
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn compared(&self) -> Result<(), Leftovers> {
        let now = Leftovers::now();
        if now.is_within(&self.0) { Ok(()) } else { Err(now) }
    }

    /// How many threads of nodes there are more.
    pub fn threads(&self) -> usize {
        let count = |left: &Leftovers| left.threads.values().sum::<usize>();
        count(&Leftovers::now()).saturating_sub(count(&self.0))
    }
}

impl Leftovers {
    fn now() -> Self {
        let mut threads = BTreeMap::new();
        let mut files = Vec::new();
        for thread in fs::read_dir("/proc/self/task").unwrap().flatten() {
            // an error is a thread that has just ended
            let name = fs::read_to_string(thread.path().join("comm")).unwrap_or_default();
            if name.starts_with("consort-") {
                *threads.entry(name.trim().to_owned()).or_default() += 1;
            }
        }
        for file in fs::read_dir("/proc/self/fd").unwrap().flatten() {
            let what = fs::read_link(file.path()).map(|what| what.display().to_string()).unwrap_or_default();
            // what this function looks at itself
            if !what.starts_with("/proc/") && !what.is_empty() {
                files.push(what);
            }
        }
        files.sort();
        let tasks = Handle::try_current().map_or(0, |runtime| runtime.metrics().num_alive_tasks());
        Leftovers { threads, files, tasks }
    }

    fn is_within(&self, before: &Leftovers) -> bool {
        self.threads.iter().all(|(name, count)| before.threads.get(name) >= Some(count))
            && self.files.len() <= before.files.len()
            && self.tasks <= before.tasks
    }
}
