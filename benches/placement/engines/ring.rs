use std::hash::{Hash, Hasher};

use consistent_hash::{Node, RingHash, StaticHashRing};
use xxhash_rust::xxh3::{Xxh3Default, xxh3_64_with_seed};

use crate::engine::{Engine, Placed, sum_of};

/// Points of each node on the ring: what the crate's users take.
const POINTS: usize = 256;

/// The crate `consistent_hash` with a quick hash, asked for each key.
pub struct Ring;

impl Engine for Ring {
    fn name(&self) -> &'static str {
        "ring"
    }

    fn place(&self, nodes: &[u64]) -> Box<dyn Placed> {
        let nodes = nodes.iter().map(|id| Node::new(*id).quantity(POINTS));
        Box::new(Points(StaticHashRing::new(Quick, nodes)))
    }
}

struct Points(StaticHashRing<'static, u64, (), Quick>);

impl Placed for Points {
    fn node(&self, hash: u64) -> u64 {
        self.0.calc_candidates(&hash).next().map_or(0, |node| node.key)
    }

    fn sum(&self, hashes: &[u64]) -> u64 {
        sum_of(hashes, |hash| self.node(hash))
    }

    fn change(&self, nodes: &[u64]) -> Box<dyn Placed> {
        Ring.place(nodes)
    }
}

/// Keys are hashed already; points are hashed anew.
struct Quick;

impl RingHash for Quick {
    fn hash_item<T: Hash>(&self, item: &T) -> u64 {
        let mut hasher = AsItIs(0);
        item.hash(&mut hasher);
        hasher.finish()
    }

    fn hash_vnode<K: Hash>(&self, node: &K, point: usize) -> u64 {
        let mut hasher = Xxh3Default::new();
        node.hash(&mut hasher);
        xxh3_64_with_seed(&(point as u64).to_le_bytes(), hasher.finish())
    }
}

struct AsItIs(u64);

impl Hasher for AsItIs {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0 << 8 | u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
