//! The feed: every row becomes a message to its aircraft's twin and one to its airport's.

use std::collections::HashMap;
use std::error::Error;
use std::time::{Duration, Instant};

use consort::prelude::*;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{self, Receiver};
use tokio::task::{JoinSet, spawn_blocking};

use crate::decoder::{Decoded, Parcel, decode};
use crate::input::{Aircraft, Origin, Reader};
use crate::progress::Progress;
use crate::twins::{Airport, AirportRef, Ledger, Plane, PlaneRef};

/// Parcels that may wait in a lane: some, so that neither side waits for the other's hiccups; few, because they are
/// memory.
const PARCELS: usize = 4;

/// More lanes than this only make smaller parcels.
const LANES_MAX: usize = 8;

/// What the feed did.
pub struct Fed {
    /// Every twin's totals, asked from the twins.
    pub ledger: Ledger,
    /// The decoder's side.
    pub decoded: Decoded,
    /// The feeders' side, one entry to a lane.
    pub lanes: Vec<Times>,
    /// Time the runtime's workers were busy, all workers together: the feeders' work and the twins'.
    pub busy: Duration,
    /// How many workers there are.
    pub workers: u32,
    /// From the first byte to the last twin's answer.
    pub took: Duration,
}

/// Where a feeder's time went.
#[derive(Default)]
pub struct Times {
    /// Waiting for the decoder.
    pub waiting: Duration,
    /// Sending messages, waiting for room in mailboxes included.
    pub sending: Duration,
    /// Asking every twin for its totals, which it answers after its last message.
    pub asking: Duration,
    /// Messages sent and questions asked.
    pub calls: u64,
}

/// Feeds the file to the node's twins: a blocking thread decodes, one task to a lane sends.
pub async fn feed(
    node: &Node,
    reader: Reader,
    limit: u64,
    progress: Progress,
) -> Result<Fed, Box<dyn Error + Send + Sync>> {
    let began = Instant::now();
    let busy_before = busy();
    let lanes = std::thread::available_parallelism().map_or(1, usize::from).min(LANES_MAX);
    let (senders, receivers): (Vec<_>, Vec<_>) = (0..lanes).map(|_| mpsc::channel(PARCELS)).unzip();
    let mut feeders: JoinSet<_> = receivers.into_iter().map(|parcels| Feeder::new(node.clone()).run(parcels)).collect();
    let decoder = spawn_blocking(move || decode(reader, limit, &senders, &progress));

    let mut ledger = Ledger::default();
    let mut lanes = Vec::new();
    while let Some(lane) = feeders.join_next().await {
        let (part, times) = lane??;
        ledger.planes.extend(part.planes);
        ledger.airports.extend(part.airports);
        lanes.push(times);
    }
    let decoded = decoder.await??;
    let workers = Handle::current().metrics().num_workers() as u32;
    Ok(Fed { ledger, decoded, lanes, busy: busy() - busy_before, workers, took: began.elapsed() })
}

/// Time the workers have been busy so far, as the runtime counts it.
fn busy() -> Duration {
    let metrics = Handle::current().metrics();
    (0..metrics.num_workers()).map(|worker| metrics.worker_total_busy_duration(worker)).sum()
}

/// Sends the messages of one lane. It keeps the references of its twins: a reference held is called without a look
/// into the node's tables.
struct Feeder {
    node: Node,
    planes: HashMap<Aircraft, PlaneRef>,
    airports: HashMap<Origin, AirportRef>,
    times: Times,
}

impl Feeder {
    fn new(node: Node) -> Self {
        Feeder { node, planes: HashMap::new(), airports: HashMap::new(), times: Times::default() }
    }

    async fn run(mut self, mut parcels: Receiver<Parcel>) -> Result<(Ledger, Times), Box<dyn Error + Send + Sync>> {
        loop {
            let began = Instant::now();
            let parcel = parcels.recv().await;
            let received = Instant::now();
            self.times.waiting += received - began;
            let Some(parcel) = parcel else { break };
            self.send(parcel).await?;
            self.times.sending += received.elapsed();
        }
        let began = Instant::now();
        let ledger = self.ask().await?;
        self.times.asking = began.elapsed();
        Ok((ledger, self.times))
    }

    /// Pushes do not wait for the twin, only for room in its mailbox: that bounds the memory of the whole run.
    async fn send(&mut self, parcel: Parcel) -> Result<(), NotRun> {
        self.times.calls += (parcel.legs.len() + parcel.departures.len()) as u64;
        for (aircraft, leg) in parcel.legs {
            let plane = self
                .planes
                .entry(aircraft)
                .or_insert_with(|| self.node.get::<Plane>((aircraft.carrier.as_str(), aircraft.tail.as_str())));
            plane.fly(leg).push().await?;
        }
        for (origin, departure) in parcel.departures {
            let airport = self.airports.entry(origin).or_insert_with(|| self.node.get::<Airport>(origin.as_str()));
            airport.depart(departure).push().await?;
        }
        Ok(())
    }

    /// Asks every twin. The question queues behind the messages sent before, so the answer has them all.
    async fn ask(&mut self) -> Result<Ledger, CallError> {
        let mut ledger = Ledger::default();
        self.times.calls += (self.planes.len() + self.airports.len()) as u64;
        for (aircraft, plane) in &self.planes {
            ledger.planes.insert(*aircraft, plane.logbook().await?);
        }
        for (origin, airport) in &self.airports {
            ledger.airports.insert(*origin, airport.board().await?);
        }
        Ok(ledger)
    }
}
