//! The same totals in a plain single-threaded loop: what the actors must agree with.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::input::{Aircraft, InputError, Origin, Reader};
use crate::progress::Progress;
use crate::twins::{Board, Ledger, Logbook};

/// What the loop found, and how long it took, reading included.
pub struct Plain {
    pub ledger: Ledger,
    pub took: Duration,
}

/// Reads the rest of the file and adds everything up.
pub fn add_up(mut reader: Reader, limit: u64, progress: &Progress) -> Result<Plain, InputError> {
    let began = Instant::now();
    let mut planes: HashMap<Aircraft, Logbook> = HashMap::new();
    let mut airports: HashMap<Origin, Board> = HashMap::new();
    for count in 0..limit {
        let Some(row) = reader.next_row()? else { break };
        // Bad rows were reported when the actors were fed.
        let Ok(row) = row else { continue };
        planes.entry(row.aircraft).or_default().enter((&row).into());
        airports.entry(row.origin).or_default().enter((&row).into());
        if count % 4096 == 0 {
            progress.advance(&reader);
        }
    }
    let ledger = Ledger { planes: planes.into_iter().collect(), airports: airports.into_iter().collect() };
    Ok(Plain { ledger, took: began.elapsed() })
}
