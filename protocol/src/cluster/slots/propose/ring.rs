use std::hash::{Hash, Hasher};

use consistent_hash::{Node, RingHash, StaticHashRing};
use xxhash_rust::xxh3::Xxh3Default;

use super::Candidate;
use crate::cluster::slots::Slot;

/// Points of a node of average weight on the ring. The ring decides only who of those with room gets a slot, so few
/// will do: a thousand nodes are drawn in milliseconds.
const POINTS: u64 = 64;

/// No node has more points, whatever it weighs: it gets its slots by its quota.
const POINTS_MAX: u64 = 16 * POINTS;

/// Which taker each slot would prefer, whoever else there is: the first node after it on a ring of hashes. It depends
/// on the node's id, not on its life, so a node that was restarted gets back what it had where it can.
pub(super) fn preferences(takers: &[&Candidate]) -> Vec<Option<usize>> {
    let weight = |taker: &Candidate| u64::from(taker.weight.get());
    let total: u64 = takers.iter().map(|taker| weight(taker)).sum();
    let points =
        |taker: &Candidate| (POINTS * weight(taker) * takers.len() as u64 / total.max(1)).clamp(1, POINTS_MAX) as usize;
    let nodes = takers.iter().enumerate().map(|(at, taker)| {
        let node = Node::new(taker.life.id.number()).value(at);
        node.quantity(points(taker))
    });
    let ring = StaticHashRing::new(PinnedHash, nodes);
    Slot::all().map(|slot| ring.calc_candidates(&slot.number()).next().map(|node| node.value)).collect()
}

/// XXH3 over little-endian numbers: the crate's own hash reads numbers as the machine has them.
struct PinnedHash;

impl RingHash for PinnedHash {
    fn hash_item<T: Hash>(&self, item: &T) -> u64 {
        let mut hasher = Pinned(Xxh3Default::new());
        item.hash(&mut hasher);
        hasher.finish()
    }
}

struct Pinned(Xxh3Default);

impl Hasher for Pinned {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn write_u16(&mut self, number: u16) {
        self.0.update(&number.to_le_bytes());
    }

    fn write_u64(&mut self, number: u64) {
        self.0.update(&number.to_le_bytes());
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn finish(&self) -> u64 {
        self.0.digest()
    }
}
