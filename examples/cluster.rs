//! Three terminals, one seed address: counters that live on whichever node owns their key.
//!
//! ```sh
//! CONSORT_BIND=127.0.0.1:7400 cargo run --release --example cluster     # the first terminal
//! CONSORT_SEEDS=127.0.0.1:7400 cargo run --release --example cluster    # the second and the third
//! ```
//!
//! Each node adds to the same 24 counters once a second, and says where they live. End one, or start another, and
//! watch them move.

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Duration;

use consort::prelude::*;
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::layer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// What a counter answers.
#[wire]
pub struct Counted {
    /// Its total.
    pub total: u64,
    /// The process it lives in.
    pub process: u32,
}

/// Counts for as long as it lives where it is.
#[derive(Default)]
pub struct Counter {
    total: u64,
}

#[service(name = "counter", version = "1.0", key = "/counter/{number: u32}")]
impl Counter {
    /// Adds `by`.
    pub async fn add(&mut self, by: u64) -> Counted {
        self.total += by;
        Counted { total: self.total, process: std::process::id() }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // what the control plane says while nodes come and go is for who looks into it
    let warnings = Targets::new().with_target("consort", Level::WARN);
    tracing_subscriber::registry().with(layer().with_writer(std::io::stderr)).with(warnings).init();
    let node = Node::from_env().serve::<Counter>().start().await?;
    println!("process {}: adds to 24 counters each second; end it with Ctrl-C", std::process::id());
    tokio::spawn(count(node.clone()));
    // until Ctrl-C: what lives here is handed over
    Ok(node.run().await?)
}

async fn count(node: Node) {
    let mut second = tokio::time::interval(Duration::from_secs(1));
    loop {
        second.tick().await;
        let mut lives: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
        for number in 0..24 {
            match node.get::<Counter>(number).add(1).await {
                Ok(counted) => lives.entry(counted.process).or_default().push(counted.total),
                Err(error) => println!("counter {number}: {error}"),
            }
        }
        for (process, totals) in lives {
            let here = if process == std::process::id() { " (this one)" } else { "" };
            let (bar, sum) = ("█".repeat(totals.len()), totals.iter().sum::<u64>());
            println!("{bar:24} {:2} counters, {sum} in all: process {process}{here}", totals.len());
        }
        println!();
    }
}
