//! The feed: every row becomes a message to its aircraft's twin and one to its airport's.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use consort::prelude::*;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::decoder::{Decoded, decode};
use crate::feeder::{Feeder, Found, Homes, Times};
use crate::input::Reader;
use crate::progress::Progress;
use crate::twins::Ledger;

/// Parcels that may wait in a lane: some, so that neither side waits for the other's hiccups; few, because they are
/// memory.
const PARCELS: usize = 4;

/// More lanes than this only make smaller parcels.
const LANES_MAX: usize = 8;

/// What is missing is fed again for so long: twice what a call is held at most while its twin's node is replaced.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the feed did.
pub struct Fed {
    /// Every twin's totals, asked from the twins.
    pub ledger: Ledger,
    /// Where the aircraft's twins live, by process.
    pub homes: Homes,
    /// The decoder's side.
    pub decoded: Decoded,
    /// The feeders' side, one entry to a lane.
    pub lanes: Vec<Times>,
    /// Messages that twins missed and were sent again, because their node had ended.
    pub replayed: u64,
    /// Time the runtime's workers were busy, all workers together: the feeders' work and the twins'.
    pub busy: Duration,
    /// How many workers there are.
    pub workers: u32,
    /// From the first byte to the last twin's answer.
    pub took: Duration,
}

/// Feeds the first `limit` rows of the file to the node's twins, and asks them for their totals. Twins that came up
/// anew meanwhile say so by what they have, and are sent the rest once more.
pub async fn feed(
    node: &Node,
    (input, reader): (&Path, Reader),
    limit: u64,
    progress: &Progress,
) -> Result<Fed, Box<dyn Error + Send + Sync>> {
    let (began, busy_before) = (Instant::now(), busy());
    let lanes = std::thread::available_parallelism().map_or(1, usize::from).min(LANES_MAX);
    let mut feeders = (0..lanes).map(|_| Feeder::new(node.clone())).collect();
    let (mut decoded, mut found) = pass(&mut feeders, reader, limit, progress).await?;
    let mut replayed = 0;
    while found.missing > 0 {
        if began.elapsed() > PATIENCE {
            return Err(found.complaint().into());
        }
        replayed += found.missing;
        let (again, all) = pass(&mut feeders, Reader::open(input)?, limit, &progress.again()).await?;
        decoded.decoding += again.decoding;
        decoded.waiting += again.waiting;
        found = all;
    }
    let workers = Handle::current().metrics().num_workers() as u32;
    let (busy, took) = (busy() - busy_before, began.elapsed());
    let lanes = feeders.into_iter().map(|feeder| feeder.times).collect();
    let Found { ledger, homes, .. } = found;
    Ok(Fed { ledger, homes, decoded, lanes, replayed, busy, workers, took })
}

/// Goes through the file once: a blocking thread decodes, one task to a lane sends what its twins do not have yet.
async fn pass(
    feeders: &mut Vec<Feeder>,
    reader: Reader,
    limit: u64,
    progress: &Progress,
) -> Result<(Decoded, Found), Box<dyn Error + Send + Sync>> {
    let (senders, receivers): (Vec<_>, Vec<_>) = feeders.iter().map(|_| mpsc::channel(PARCELS)).unzip();
    // each has the same lane in every pass
    let running: Vec<_> =
        feeders.drain(..).zip(receivers).map(|(feeder, parcels)| tokio::spawn(feeder.run(parcels))).collect();
    let progress = progress.clone();
    let decoder = spawn_blocking(move || decode(reader, limit, &senders, &progress));
    let mut found = Found::default();
    for lane in running {
        let (feeder, part) = lane.await?;
        feeders.push(feeder);
        found.add(part);
    }
    Ok((decoder.await??, found))
}

/// Time the workers have been busy so far, as the runtime counts it.
fn busy() -> Duration {
    let metrics = Handle::current().metrics();
    (0..metrics.num_workers()).map(|worker| metrics.worker_total_busy_duration(worker)).sum()
}
