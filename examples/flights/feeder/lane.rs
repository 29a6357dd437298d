//! [`Feeder`]: sends the messages of one lane.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use consort::prelude::*;
use tokio::sync::mpsc::Receiver;

use super::{Found, Home, Twin};
use crate::decoder::Parcel;
use crate::input::{Aircraft, Origin};
use crate::twins::{Airport, AirportRef, Plane, PlaneRef};

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

/// Sends the messages of one lane, and knows of each of its twins how many of its rows it has.
pub struct Feeder {
    node: Node,
    planes: HashMap<Aircraft, Twin<PlaneRef>>,
    airports: HashMap<Origin, Twin<AirportRef>>,
    /// Where its time went so far.
    pub times: Times,
}

impl Feeder {
    /// One without twins.
    pub fn new(node: Node) -> Self {
        Feeder { node, planes: HashMap::new(), airports: HashMap::new(), times: Times::default() }
    }

    /// Goes through the file once, then asks its twins what they have.
    pub async fn run(mut self, mut parcels: Receiver<Parcel>) -> (Self, Found) {
        loop {
            let began = Instant::now();
            let parcel = parcels.recv().await;
            let received = Instant::now();
            self.times.waiting += received - began;
            let Some(parcel) = parcel else { break };
            self.send(parcel).await;
            self.times.sending += received.elapsed();
        }
        let began = Instant::now();
        let found = self.ask().await;
        self.times.asking += began.elapsed();
        (self, found)
    }

    /// Pushes do not wait for the twin, only for room in its mailbox: that bounds the memory of the whole run.
    async fn send(&mut self, parcel: Parcel) {
        for (aircraft, leg) in parcel.legs {
            let plane = self.planes.entry(aircraft).or_insert_with(|| {
                Twin::new(self.node.get::<Plane>((aircraft.carrier.as_str(), aircraft.tail.as_str())))
            });
            let Some(number) = plane.next() else { continue };
            self.times.calls += 1;
            if plane.reference.fly(number, leg).push().await.is_err() {
                plane.give_up();
            }
        }
        for (origin, departure) in parcel.departures {
            let airport =
                self.airports.entry(origin).or_insert_with(|| Twin::new(self.node.get::<Airport>(origin.as_str())));
            let Some(number) = airport.next() else { continue };
            self.times.calls += 1;
            if airport.reference.depart(number, departure).push().await.is_err() {
                airport.give_up();
            }
        }
    }

    /// Asks every twin. The question queues behind the messages sent before, so the answer has them all, but for those
    /// that a node took with it.
    async fn ask(&mut self) -> Found {
        let mut found = Found::default();
        self.times.calls += (self.planes.len() + self.airports.len()) as u64;
        for (aircraft, plane) in &mut self.planes {
            let answer = plane.reference.totals().await;
            found.missing += plane.ends_with(answer.as_ref().map_or(0, |totals| totals.rows));
            match answer {
                Ok(totals) => {
                    found.move_in(totals.process, Home { planes: 1, rows: totals.rows.into() });
                    found.ledger.planes.insert(*aircraft, totals.logbook);
                }
                Err(error) => found.error = Some(error),
            }
        }
        for (origin, airport) in &mut self.airports {
            let answer = airport.reference.totals().await;
            found.missing += airport.ends_with(answer.as_ref().map_or(0, |totals| totals.rows));
            match answer {
                Ok(totals) => drop(found.ledger.airports.insert(*origin, totals.board)),
                Err(error) => found.error = Some(error),
            }
        }
        found
    }
}
