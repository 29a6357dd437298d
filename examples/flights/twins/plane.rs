//! [`Plane`]: the digital twin of one aircraft, and the [`Logbook`] it keeps.

use consort::prelude::*;

use crate::input::Row;

/// From how many minutes on a departure counts as late: the rule of the US Department of Transportation.
pub const LATE: i16 = 15;

/// What a twin is told of one flight. Small and without heap, so a message costs no allocation.
#[wire]
#[derive(Copy)]
pub struct Leg {
    /// Minutes it left late; `None` for a cancelled flight.
    pub delay: Option<i16>,
    /// Minutes in the air; `None` for a cancelled or diverted flight.
    pub air_time: Option<u16>,
    /// Miles to the destination.
    pub distance: u16,
}

impl From<&Row> for Leg {
    fn from(row: &Row) -> Self {
        Leg { delay: row.delay, air_time: row.air_time, distance: row.distance }
    }
}

/// What an aircraft has done.
#[wire]
#[derive(Copy, Default, PartialEq, Eq)]
pub struct Logbook {
    /// Flights planned.
    pub flights: u64,
    /// Those of them that never left.
    pub cancelled: u64,
    /// Miles flown; a cancelled flight flies none.
    pub miles: u64,
    /// Minutes in the air.
    pub minutes: u64,
    /// Flights that left late.
    pub late: u64,
    /// Minutes by which they were late.
    pub minutes_late: u64,
    /// The longest run of flights in a row that left late. A cancelled flight ends a run.
    pub longest_chain: u64,
    /// The run that may still grow.
    chain: u64,
}

impl Logbook {
    /// Writes down one flight. Flights come in the order they were planned.
    pub fn enter(&mut self, leg: Leg) {
        self.flights += 1;
        let Some(delay) = leg.delay else {
            self.cancelled += 1;
            self.chain = 0;
            return;
        };
        self.miles += u64::from(leg.distance);
        self.minutes += u64::from(leg.air_time.unwrap_or(0));
        if delay < LATE {
            self.chain = 0;
            return;
        }
        self.late += 1;
        self.minutes_late += u64::from(delay.unsigned_abs());
        self.chain += 1;
        self.longest_chain = self.longest_chain.max(self.chain);
    }

    /// Adds another aircraft's totals.
    pub fn add(&mut self, other: &Logbook) {
        self.flights += other.flights;
        self.cancelled += other.cancelled;
        self.miles += other.miles;
        self.minutes += other.minutes;
        self.late += other.late;
        self.minutes_late += other.minutes_late;
        self.longest_chain = self.longest_chain.max(other.longest_chain);
    }

    /// Flights that left.
    pub fn flown(&self) -> u64 {
        self.flights - self.cancelled
    }

    /// Hours in the air.
    pub fn hours(&self) -> u64 {
        self.minutes / 60
    }
}

/// What a twin says of itself.
#[wire]
#[derive(Copy)]
pub struct PlaneTotals {
    /// The process it lives in.
    pub process: u32,
    /// How many of its rows it has: the first ones, without a gap.
    pub rows: u32,
    /// What the aircraft has done.
    pub logbook: Logbook,
}

/// The digital twin of one aircraft; tail `-` gathers the airline's flights without tail number.
#[derive(Default)]
pub struct Plane {
    rows: u32,
    logbook: Logbook,
}

// A twin must not be passivated before it was asked for its totals, however slow the machine is.
#[service(name = "plane", version = "1.0", key = "/carrier/{carrier}/plane/{tail}", idle = "24h")]
impl Plane {
    /// Takes note of its flight with this number, counted from 1, unless it has that already or misses one before.
    pub async fn fly(&mut self, number: u32, leg: Leg) {
        if number == self.rows + 1 {
            self.rows = number;
            self.logbook.enter(leg);
        }
    }

    /// What it has done so far.
    pub async fn totals(&self) -> PlaneTotals {
        PlaneTotals { process: std::process::id(), rows: self.rows, logbook: self.logbook }
    }
}
