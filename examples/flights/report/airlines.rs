//! The twins' totals by airline, and the busiest aircraft.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use crate::input::Aircraft;
use crate::twins::{Ledger, Logbook};

/// Names by code; embedded, so that `--input` needs no second file.
const NAMES: &str = include_str!("../data/airlines.csv");

/// One airline's line.
#[derive(Default)]
pub struct Airline {
    pub code: String,
    pub name: String,
    /// Aircraft with a tail number.
    pub aircraft: u64,
    pub total: Logbook,
}

/// All airlines, the one with most flights first.
pub fn airlines(ledger: &Ledger) -> Vec<Airline> {
    let mut airlines: BTreeMap<&str, Airline> = BTreeMap::new();
    for (aircraft, logbook) in &ledger.planes {
        let airline = airlines.entry(aircraft.carrier.as_str()).or_default();
        airline.aircraft += u64::from(aircraft.is_known());
        airline.total.add(logbook);
    }
    let names = names();
    let named = airlines.into_iter().map(|(code, airline)| Airline {
        code: code.to_owned(),
        name: names.get(code).cloned().unwrap_or_else(|| "(unknown)".to_owned()),
        ..airline
    });
    let mut sorted: Vec<Airline> = named.collect();
    sorted.sort_by_key(|airline| Reverse(airline.total.flights));
    sorted
}

/// The `count` aircraft that flew most often; those without tail number are none.
pub fn busiest(ledger: &Ledger, count: usize) -> Vec<(Aircraft, Logbook)> {
    let known = ledger.planes.iter().filter(|(aircraft, _)| aircraft.is_known());
    let mut planes: Vec<_> = known.map(|(aircraft, logbook)| (*aircraft, *logbook)).collect();
    planes.sort_by_key(|(aircraft, logbook)| (Reverse(logbook.flown()), *aircraft));
    planes.truncate(count);
    planes
}

fn names() -> HashMap<String, String> {
    csv::Reader::from_reader(NAMES.as_bytes()).deserialize().filter_map(Result::ok).collect()
}
