//! What all engines have in common.

/// A way to say where keys live.
pub trait Engine {
    /// What it is called.
    fn name(&self) -> &'static str;

    /// Places keys on these nodes, which come in no order. What moves when it is followed by `Placed::change` counts.
    fn place(&self, nodes: &[u64]) -> Box<dyn Placed>;
}

/// Keys that have been placed.
pub trait Placed {
    /// The node on which the key of this hash lives.
    fn node(&self, hash: u64) -> u64;

    /// One after the other, for timing: without a virtual call for each.
    fn sum(&self, hashes: &[u64]) -> u64;

    /// The same keys, now that the nodes are these.
    fn change(&self, nodes: &[u64]) -> Box<dyn Placed>;
}

/// Adds up the nodes of many hashes, so that none of the look-ups can be left out.
pub fn sum_of(hashes: &[u64], node: impl Fn(u64) -> u64) -> u64 {
    hashes.iter().fold(0, |sum: u64, hash| sum.wrapping_add(node(std::hint::black_box(*hash))))
}
