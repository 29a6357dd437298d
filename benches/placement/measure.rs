//! One engine with so many nodes.

use std::collections::BTreeMap;
use std::time::Instant;

use consort_protocol::cluster::slots::{Slot, hash_key};

use crate::engine::{Engine, Placed};
use crate::report::Row;

/// The keys that are placed, and what hashing one costs.
pub struct Sample {
    /// Hashes of keys like `/tenant/4711`.
    pub hashes: Vec<u64>,
    /// Nanoseconds to hash one.
    pub hash_ns: f64,
}

impl Sample {
    pub fn new(keys: usize) -> Sample {
        let keys: Vec<String> = (0..keys).map(|key| format!("tenant/{key}")).collect();
        let begun = Instant::now();
        let hashes: Vec<u64> = keys.iter().map(|key| hash_key(key.as_bytes())).collect();
        Sample { hash_ns: begun.elapsed().as_secs_f64() * 1e9 / keys.len() as f64, hashes }
    }
}

/// Counts what does not depend on time.
pub fn measure(engine: &dyn Engine, nodes: usize, sample: &Sample) -> Row {
    let ids: Vec<u64> = (0..=nodes as u64).map(|node| hash_key(&node.to_le_bytes())).collect();
    let (before, gone) = (&ids[..nodes], nodes / 2);
    let less: Vec<u64> = before.iter().enumerate().filter(|(at, _)| *at != gone).map(|(_, id)| *id).collect();
    let placed = engine.place(before);
    let slots: Vec<u64> = Slot::all().map(|slot| u64::from(slot.number()) << 52).collect();
    // Only the table knows slots, and moves those: keys move with them.
    let has_slots = engine.name() == "slots";
    let moving = if has_slots { &slots } else { &sample.hashes };
    Row {
        engine: engine.name(),
        nodes,
        lookups: Vec::new(),
        slots_max_to_mean: has_slots.then(|| max_to_mean(&*placed, &slots, nodes)),
        keys_max_to_mean: max_to_mean(&*placed, &sample.hashes, nodes),
        moved_on_add: moved(&*placed, &*placed.change(&ids), moving) * (nodes + 1) as f64,
        moved_on_remove: (nodes > 1).then(|| moved(&*placed, &*placed.change(&less), moving) * nodes as f64),
        placed,
    }
}

/// How many keys the fullest node has, against the mean.
fn max_to_mean(placed: &dyn Placed, hashes: &[u64], nodes: usize) -> f64 {
    let mut counts = BTreeMap::<u64, usize>::new();
    hashes.iter().for_each(|hash| *counts.entry(placed.node(*hash)).or_default() += 1);
    counts.values().max().map_or(0.0, |most| (most * nodes) as f64 / hashes.len() as f64)
}

/// The share of keys that live elsewhere afterwards.
fn moved(before: &dyn Placed, after: &dyn Placed, hashes: &[u64]) -> f64 {
    let moved = hashes.iter().filter(|hash| before.node(**hash) != after.node(**hash)).count();
    moved as f64 / hashes.len() as f64
}
