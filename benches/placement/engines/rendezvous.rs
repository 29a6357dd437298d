use crate::engine::{Engine, Placed, sum_of};

/// Rendezvous hashing: of all nodes, the one whose hash with the key's is the highest.
pub struct Rendezvous;

impl Engine for Rendezvous {
    fn name(&self) -> &'static str {
        "rendezvous"
    }

    fn place(&self, nodes: &[u64]) -> Box<dyn Placed> {
        Box::new(Nodes(nodes.to_vec()))
    }
}

struct Nodes(Vec<u64>);

impl Placed for Nodes {
    fn node(&self, hash: u64) -> u64 {
        self.0.iter().copied().max_by_key(|node| mix(hash ^ node)).unwrap_or(0)
    }

    fn sum(&self, hashes: &[u64]) -> u64 {
        sum_of(hashes, |hash| self.node(hash))
    }

    fn change(&self, nodes: &[u64]) -> Box<dyn Placed> {
        Rendezvous.place(nodes)
    }
}

/// SplitMix64's last steps.
fn mix(hash: u64) -> u64 {
    let hash = (hash ^ hash >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ hash >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ hash >> 31
}
