//! [`Found`]: what the twins said at the end of a pass.

use std::collections::BTreeMap;

use consort::prelude::*;

use crate::twins::Ledger;

/// What lives where, by process.
pub type Homes = BTreeMap<u32, Home>;

/// What lives in one process.
#[derive(Clone, Copy, Default)]
pub struct Home {
    /// Aircraft.
    pub planes: u64,
    /// Their rows.
    pub rows: u64,
}

/// What the twins have.
#[derive(Default)]
pub struct Found {
    /// The totals of those that answered.
    pub ledger: Ledger,
    /// Where the aircraft live.
    pub homes: Homes,
    /// Messages that were sent and have not arrived.
    pub missing: u64,
    /// Why the last one that did not answer did not.
    pub error: Option<CallError>,
}

impl Found {
    /// Adds what another lane's twins have.
    pub fn add(&mut self, other: Found) {
        self.ledger.planes.extend(other.ledger.planes);
        self.ledger.airports.extend(other.ledger.airports);
        for (process, home) in other.homes {
            self.move_in(process, home);
        }
        self.missing += other.missing;
        self.error = other.error.or(self.error.take());
    }

    /// Something lives in that process.
    pub fn move_in(&mut self, process: u32, new: Home) {
        let home = self.homes.entry(process).or_default();
        home.planes += new.planes;
        home.rows += new.rows;
    }

    /// What is wrong with it.
    pub fn complaint(&self) -> String {
        let why = self.error.as_ref().map(|error| format!(": {error}")).unwrap_or_default();
        format!("{} messages have not arrived{why}", self.missing)
    }
}
