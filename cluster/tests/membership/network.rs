use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::time::Duration;

use bytes::Bytes;
use consort_protocol::cluster::Life;
use consort_protocol::cluster::members::Address;
use consort_protocol::time::Moment;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

/// A packet on its way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flight {
    pub from: (usize, Life),
    pub to: Address,
    pub packet: Bytes,
}

/// A network that delays every packet by 1 to 5 ms, loses some, and has cuts.
pub struct Network {
    rng: SmallRng,
    flights: BinaryHeap<Reverse<(Moment, u64, Flight)>>,
    sent: u64,
    /// The share of packets that is lost.
    pub loss: f64,
    /// From where to where nothing goes.
    pub cuts: BTreeSet<(usize, usize)>,
    pub bytes: u64,
}

impl Network {
    pub fn new(seed: u64) -> Self {
        let rng = SmallRng::seed_from_u64(seed);
        Network { rng, flights: BinaryHeap::new(), sent: 0, loss: 0.0, cuts: BTreeSet::new(), bytes: 0 }
    }

    pub fn send(&mut self, flight: Flight, now: Moment) {
        self.bytes += flight.packet.len() as u64;
        self.sent += 1;
        if !self.rng.random_bool(self.loss) {
            let delay = Duration::from_micros(self.rng.random_range(1_000..5_000));
            self.flights.push(Reverse((now + delay, self.sent, flight)));
        }
    }

    pub fn next(&self) -> Option<Moment> {
        self.flights.peek().map(|Reverse((moment, ..))| *moment)
    }

    pub fn pop(&mut self) -> Option<Flight> {
        self.flights.pop().map(|Reverse((_, _, flight))| flight)
    }

    /// Nothing goes between these two groups.
    pub fn cut(&mut self, one: impl Iterator<Item = usize> + Clone, other: impl Iterator<Item = usize> + Clone) {
        for a in one {
            self.cuts.extend(other.clone().flat_map(|b| [(a, b), (b, a)]));
        }
    }
}
