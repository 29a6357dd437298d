//! [`Drawn`]: how the tables of cells hash.

use std::hash::{BuildHasher, RandomState};

use foldhash::fast::{FixedState, FoldHasher};

/// Each table's hashes are keyed by a number that is drawn for it from what the operating system gives, and from nothing
/// else: where that is replaced, as in a simulation, tables are in the same order each time.
#[derive(Clone)]
pub(super) struct Drawn(FixedState);

impl Default for Drawn {
    fn default() -> Self {
        // the standard library's hasher is keyed at random
        Drawn(FixedState::with_seed(RandomState::new().hash_one(0)))
    }
}

impl BuildHasher for Drawn {
    type Hasher = FoldHasher<'static>;

    #[inline]
    fn build_hasher(&self) -> Self::Hasher {
        self.0.build_hasher()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_table_always_hashes_alike_and_two_do_not() {
        let (one, other) = (Drawn::default(), Drawn::default());
        assert_eq!(one.hash_one("/cart/7"), one.clone().hash_one("/cart/7"));
        assert_ne!(one.hash_one("/cart/7"), other.hash_one("/cart/7"));
    }
}
