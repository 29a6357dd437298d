//! The decoder: one thread that turns the file into parcels of messages, one stream of parcels per lane.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::Sender;

use crate::input::{Aircraft, InputError, Origin, Reader, Row};
use crate::progress::Progress;
use crate::twins::{Departure, Leg};

/// Rows decoded before they are handed over: enough that the hand-over does not show (about 100 µs of work), few
/// enough that the first level of a processor's cache still holds them.
const ROWS: u64 = 1024;

/// Messages for the twins of one lane, in the order of the file.
#[derive(Default)]
pub struct Parcel {
    /// For the aircraft.
    pub legs: Vec<(Aircraft, Leg)>,
    /// For the airports.
    pub departures: Vec<(Origin, Departure)>,
}

/// What the decoder did.
#[derive(Default)]
pub struct Decoded {
    /// Rows read, good and bad.
    pub rows: u64,
    /// Rows that could not be used.
    pub bad: u64,
    /// Time spent on reading, unpacking and parsing.
    pub decoding: Duration,
    /// Time spent on waiting for feeders that were not done with earlier parcels.
    pub waiting: Duration,
}

/// Decodes up to `limit` rows and sends them down the lanes. Blocks: it wants a thread of its own.
pub fn decode(
    mut reader: Reader,
    limit: u64,
    lanes: &[Sender<Parcel>],
    progress: &Progress,
) -> Result<Decoded, InputError> {
    let mut sorter = Sorter::new(lanes.len());
    let mut decoded = Decoded::default();
    let mut more = true;
    while more {
        let began = Instant::now();
        more = fill(&mut sorter, &mut reader, limit, &mut decoded, progress)?;
        progress.advance(&reader);
        let filled = Instant::now();
        decoded.decoding += filled - began;
        // Lanes close early only when a feeder gave up; its own error tells why.
        more &= sorter.hand_over(lanes);
        decoded.waiting += filled.elapsed();
    }
    Ok(decoded)
}

/// Decodes the next rows into parcels. False at the end of the file or at `limit`.
fn fill(
    sorter: &mut Sorter,
    reader: &mut Reader,
    limit: u64,
    decoded: &mut Decoded,
    progress: &Progress,
) -> Result<bool, InputError> {
    for _ in 0..ROWS {
        if decoded.rows == limit {
            return Ok(false);
        }
        let Some(row) = reader.next_row()? else { return Ok(false) };
        decoded.rows += 1;
        match row {
            Ok(row) => sorter.sort(&row),
            Err(bad) => {
                decoded.bad += 1;
                progress.report(&bad);
            }
        }
    }
    Ok(true)
}

/// Puts each row's two messages into the parcels of their lanes. A twin always has the same lane: that, and lanes
/// being first in first out, keeps the order of its messages.
struct Sorter {
    parcels: Vec<Parcel>,
    /// Airports take turns, because they are few.
    airports: HashMap<Origin, usize>,
}

impl Sorter {
    fn new(lanes: usize) -> Self {
        Sorter { parcels: (0..lanes).map(|_| Parcel::default()).collect(), airports: HashMap::new() }
    }

    fn sort(&mut self, row: &Row) {
        let lanes = self.parcels.len();
        let tail = row.aircraft.tail.as_str().bytes();
        let spread = tail.fold(0usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte)));
        self.parcels[spread % lanes].legs.push((row.aircraft, row.into()));
        let next = self.airports.len();
        let lane = *self.airports.entry(row.origin).or_insert(next % lanes);
        self.parcels[lane].departures.push((row.origin, row.into()));
    }

    /// Sends every lane its parcel, waiting where a lane is full. False if a lane is closed.
    fn hand_over(&mut self, lanes: &[Sender<Parcel>]) -> bool {
        let mut parcels = self.parcels.iter_mut().zip(lanes);
        parcels.all(|(parcel, lane)| lane.blocking_send(std::mem::take(parcel)).is_ok())
    }
}
