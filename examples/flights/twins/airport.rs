//! [`Airport`]: the digital twin of one airport, and the [`Board`] it keeps.

use consort::prelude::*;

use super::plane::LATE;
use crate::input::{Day, Row};

/// What an airport is told of one flight.
#[wire]
#[derive(Copy)]
pub struct Departure {
    /// The day it was to leave.
    pub day: Day,
    /// The hour it was to leave, 0 to 23.
    pub hour: u8,
    /// Minutes it left late; `None` for a cancelled flight.
    pub delay: Option<i16>,
}

impl From<&Row> for Departure {
    fn from(row: &Row) -> Self {
        Departure { day: row.day, hour: row.hour, delay: row.delay }
    }
}

/// One day of an airport.
#[wire]
#[derive(Copy, PartialEq, Eq)]
pub struct DaySheet {
    /// Which one.
    pub day: Day,
    /// Flights that left.
    pub departures: u32,
    /// Flights that did not.
    pub cancelled: u32,
    /// Minutes by which flights left late.
    pub minutes_late: u64,
}

/// What left an airport, and when.
#[wire]
#[derive(Default, PartialEq, Eq)]
pub struct Board {
    /// Departures by the hour they were planned for.
    pub hours: [u64; 24],
    /// Every day with a flight, in order.
    pub days: Vec<DaySheet>,
}

impl Board {
    /// Writes down one departure.
    pub fn enter(&mut self, departure: Departure) {
        let sheet = self.sheet(departure.day);
        let Some(delay) = departure.delay else {
            sheet.cancelled += 1;
            return;
        };
        sheet.departures += 1;
        if delay >= LATE {
            sheet.minutes_late += u64::from(delay.unsigned_abs());
        }
        self.hours[usize::from(departure.hour % 24)] += 1;
    }

    /// The sheet of `day`. Files are sorted by day, so it is nearly always the last.
    fn sheet(&mut self, day: Day) -> &mut DaySheet {
        let place = match self.days.last() {
            Some(last) if last.day == day => self.days.len() - 1,
            _ => self.days.binary_search_by_key(&day, |sheet| sheet.day).unwrap_or_else(|place| {
                self.days.insert(place, DaySheet { day, departures: 0, cancelled: 0, minutes_late: 0 });
                place
            }),
        };
        &mut self.days[place]
    }

    /// Flights that left.
    pub fn departures(&self) -> u64 {
        self.hours.iter().sum()
    }

    /// Flights that did not.
    pub fn cancelled(&self) -> u64 {
        self.days.iter().map(|sheet| u64::from(sheet.cancelled)).sum()
    }

    /// The `count` days with most minutes late, worst first.
    pub fn worst_days(&self, count: usize) -> Vec<DaySheet> {
        let mut days = self.days.clone();
        days.sort_by_key(|sheet| (std::cmp::Reverse(sheet.minutes_late), sheet.day));
        days.truncate(count);
        days
    }
}

/// What a twin says of itself.
#[wire]
pub struct AirportTotals {
    /// The process it lives in.
    pub process: u32,
    /// How many of its rows it has: the first ones, without a gap.
    pub rows: u32,
    /// What left, and when.
    pub board: Board,
}

/// The digital twin of one airport.
#[derive(Default)]
pub struct Airport {
    rows: u32,
    board: Board,
}

// As with the planes: never passivated within a run.
#[service(name = "airport", version = "1.0", key = "/airport/{origin}", idle = "24h")]
impl Airport {
    /// Takes note of its departure with this number, as [`Plane::fly`](super::Plane::fly) does.
    pub async fn depart(&mut self, number: u32, departure: Departure) {
        if number == self.rows + 1 {
            self.rows = number;
            self.board.enter(departure);
        }
    }

    /// What left so far.
    pub async fn totals(&self) -> AirportTotals {
        AirportTotals { process: std::process::id(), rows: self.rows, board: self.board.clone() }
    }
}
