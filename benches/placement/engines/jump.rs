use crate::engine::{Engine, Placed, sum_of};

/// Jump hashing (Lamping and Veach, 2014). It knows nodes by their place in a list, so only the last one can go.
pub struct Jump;

impl Engine for Jump {
    fn name(&self) -> &'static str {
        "jump"
    }

    fn place(&self, nodes: &[u64]) -> Box<dyn Placed> {
        Box::new(List(nodes.to_vec()))
    }
}

struct List(Vec<u64>);

impl Placed for List {
    fn node(&self, hash: u64) -> u64 {
        self.0[jump(hash, self.0.len() as i64)]
    }

    fn sum(&self, hashes: &[u64]) -> u64 {
        sum_of(hashes, |hash| self.node(hash))
    }

    fn change(&self, nodes: &[u64]) -> Box<dyn Placed> {
        Jump.place(nodes)
    }
}

fn jump(mut hash: u64, places: i64) -> usize {
    let (mut place, mut next) = (0, 0);
    while next < places {
        place = next;
        hash = hash.wrapping_mul(2_862_933_555_777_941_757).wrapping_add(1);
        next = ((place + 1) as f64 * ((1_u64 << 31) as f64 / ((hash >> 33) + 1) as f64)) as i64;
    }
    place as usize
}
