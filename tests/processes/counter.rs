//! [`Counter`]: what the nodes serve; and the process that serves it.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};

use consort::prelude::*;

/// The file that handlers write to. A process that has it is a node.
pub const JOURNAL: &str = "CONSORT_TEST_JOURNAL";

/// What a node says of itself goes to the standard error, from this level on: `debug`, or none.
pub const LOG: &str = "CONSORT_TEST_LOG";

/// The name of the test that is a node.
pub const PROGRAM: &str = "counter::a_node_if_told_so";

/// What a counter answers.
#[wire]
#[derive(Debug)]
pub struct Counted {
    /// The process it lives in.
    pub process: u32,
    /// Its total since it began to live there.
    pub total: u64,
    /// Since when its key is that node's.
    pub fence: u64,
}

/// Counts for as long as it lives where it is.
pub struct Counter {
    /// Tells this instance from all others of its process.
    instance: u64,
    total: u64,
}

impl Default for Counter {
    fn default() -> Self {
        static INSTANCES: AtomicU64 = AtomicU64::new(0);
        Counter { instance: INSTANCES.fetch_add(1, Ordering::Relaxed), total: 0 }
    }
}

#[service(name = "counter", version = "1.0", key = "/counter/{number: u32}", idle = "24h")]
impl Counter {
    /// Adds one, and writes that down.
    pub async fn add(&mut self, cx: &Cx) -> Counted {
        self.total += 1;
        let process = std::process::id();
        let line = format!("{} {process}.{} {}\n", cx.path(), self.instance, self.total);
        let path = std::env::var_os(JOURNAL).expect("only nodes have counters");
        // one write to the end of the file: whole lines, in the order of all processes
        let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
        file.and_then(|mut file| file.write_all(line.as_bytes())).expect("the journal can be written");
        Counted { process, total: self.total, fence: cx.fence() }
    }

    /// Shares the fate of another one.
    pub async fn link(&mut self, cx: &Cx, other: CounterRef) {
        cx.link(&other).expect("one link is not too many");
    }

    /// How many links its node has.
    pub async fn bonds(&self, cx: &Cx) -> u64 {
        cx.node().bonds() as u64
    }
}

/// Serves counters in a process that was started for it; in the test run itself there is nothing to do.
#[tokio::test]
async fn a_node_if_told_so() {
    if std::env::var_os(JOURNAL).is_none() {
        return;
    }
    if let Some(wanted) = std::env::var_os(LOG) {
        tell(&wanted.to_string_lossy());
    }
    let node = Node::from_env().serve::<Counter>().start().await.expect("the node starts");
    node.run().await.expect("the node ends well");
}

/// Logs Consort's events from a level on, with the process they come from.
fn tell(level: &str) {
    use tracing_subscriber::layer::SubscriberExt;
    use tracing_subscriber::util::SubscriberInitExt;
    let level: tracing::Level = level.parse().expect("a level");
    let consort = tracing_subscriber::filter::Targets::new().with_target("consort", level);
    let process = std::process::id();
    let layer = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(move || {
        eprint!("{process} ");
        std::io::stderr()
    });
    tracing_subscriber::registry().with(layer).with(consort).init();
}
