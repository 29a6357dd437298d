//! [`ReceiveWindow`]: what arrived on a lane.

/// The receiver's side of a lane: lets each record through once, in order, and says how much more may be sent.
#[derive(Clone, Debug)]
pub struct ReceiveWindow {
    window: u64,
    tolerance: u64,
    /// The number of the next record of this connection.
    next: u64,
    received: u64,
    arrived: u64,
    released: u64,
}

/// What to do with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It is the next one.
    Next,
    /// It came before, over another connection.
    Again,
}

/// Records that cannot follow each other: the peer is broken, and the session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unordered {
    /// Records are missing.
    #[error("record {first} after record {received}: those between are missing")]
    Gap {
        /// The last that arrived.
        received: u64,
        /// The first of the connection.
        first: u64,
    },
    /// More was sent than there was room for.
    #[error("{bytes} bytes on a lane that takes {window}")]
    Overrun {
        /// What is there.
        bytes: u64,
        /// What is taken.
        window: u64,
    },
}

impl ReceiveWindow {
    /// A lane that takes `window` bytes. A sender writes whole batches, so up to `tolerance` more are no offence.
    pub fn new(window: u64, tolerance: u64) -> Self {
        ReceiveWindow { window, tolerance, next: 1, received: 0, arrived: 0, released: 0 }
    }

    /// A connection begins with record number `first`.
    ///
    /// # Errors
    /// [`Unordered::Gap`] if records are missing before it.
    pub fn handle_connected(&mut self, first: u64) -> Result<(), Unordered> {
        if first == 0 || first > self.received + 1 {
            return Err(Unordered::Gap { received: self.received, first });
        }
        self.next = first;
        Ok(())
    }

    /// A record of so many bytes came.
    ///
    /// # Errors
    /// [`Unordered::Overrun`] if there was no room for it.
    pub fn handle_record(&mut self, bytes: usize) -> Result<Arrival, Unordered> {
        let number = self.next;
        self.next += 1;
        if number <= self.received {
            return Ok(Arrival::Again);
        }
        self.received = number;
        self.arrived += bytes as u64;
        let held = self.arrived - self.released;
        if held > self.window + self.tolerance {
            return Err(Unordered::Overrun { bytes: held, window: self.window });
        }
        Ok(Arrival::Next)
    }

    /// So many bytes of records were taken off the lane.
    pub fn release(&mut self, bytes: u64) {
        self.released += bytes;
        debug_assert!(self.released <= self.arrived, "more is released than arrived");
    }

    /// The number of the last record that arrived.
    pub fn received(&self) -> u64 {
        self.received
    }
}
