//! [`Twin`]: what a feeder keeps of one.

/// A twin as its feeder sees it.
pub struct Twin<R> {
    /// A reference held is called without a look into the node's tables.
    pub reference: R,
    /// Its rows that came by in this pass.
    rows: u32,
    /// How many it has, as it said at the end of the last pass: what came anew elsewhere has none.
    has: u32,
}

impl<R> Twin<R> {
    /// One that nobody has heard of yet.
    pub fn new(reference: R) -> Self {
        Twin { reference, rows: 0, has: 0 }
    }

    /// Counts its next row; `Some` number if the twin is to be sent it.
    pub fn next(&mut self) -> Option<u32> {
        self.rows += 1;
        (self.rows > self.has).then_some(self.rows)
    }

    /// It cannot be reached: the rest waits for the next pass.
    pub fn give_up(&mut self) {
        self.has = u32::MAX;
    }

    /// It has so many rows at the end of a pass; returns how many it misses.
    pub fn ends_with(&mut self, has: u32) -> u64 {
        self.has = has;
        u64::from(std::mem::take(&mut self.rows).saturating_sub(has))
    }
}
