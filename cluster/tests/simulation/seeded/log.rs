//! [`begin_log`]: what the nodes of a course log, each line with the simulated time and the host.

use std::cell::Cell;
use std::env;
use std::fs::{self, File};
use std::path::Path;
use std::sync::Mutex;

use tracing_subscriber::filter::{Targets, filter_fn};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use super::time;

/// What is logged, as `consort_cluster=trace,openraft=debug`. The course is the same with it and without.
const LOG: &str = "SIMULATED_LOG";

/// Logs what `SIMULATED_LOG` names to a file for this seed, and says where that is.
pub fn begin_log(seed: u64) {
    let Ok(text) = env::var(LOG) else { return };
    let targets: Targets = text.parse().unwrap_or_else(|problem| panic!("{LOG}={text}: {problem}"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("simulation");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("seed-{seed}.log"));
    let file = File::create(&path).unwrap();
    // spans would travel with calls, and make their bytes others
    let events = filter_fn(|of| of.is_event());
    let lines = fmt::layer().with_writer(Mutex::new(file)).with_timer(Simulated).with_ansi(false);
    tracing_subscriber::registry().with(lines.with_filter(targets).with_filter(events)).init();
    println!("seed {seed}: its log is {}", path.display());
}

/// It is this host's turn: what is logged from here on comes from its node.
pub fn set_turn(host: &'static str) {
    TURN.set(host);
}

thread_local! {
    static TURN: Cell<&'static str> = const { Cell::new("") };
}

struct Simulated;

impl FormatTime for Simulated {
    fn format_time(&self, writer: &mut Writer<'_>) -> std::fmt::Result {
        write!(writer, "{:?} {}", time::time(), TURN.get())
    }
}
