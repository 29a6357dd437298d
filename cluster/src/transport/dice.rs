//! [`Dice`]: every random choice of the transport, from one seed.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use consort_protocol::time::Chance;

/// A stream of random numbers (SplitMix64: Steele, Lea and Flood, 2014). For back-off and session numbers; nothing
/// secret is drawn from it.
#[derive(Debug)]
pub(super) struct Dice(AtomicU64);

impl Dice {
    /// From this seed, or from one that the process draws.
    pub(super) fn new(seed: Option<u64>) -> Self {
        Dice(AtomicU64::new(seed.unwrap_or_else(|| RandomState::new().hash_one(0))))
    }

    pub(super) fn roll(&self) -> u64 {
        let state = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Relaxed).wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn chance(&self) -> Chance {
        Chance::from_bits(self.roll())
    }

    pub(super) fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for part in bytes.chunks_exact_mut(8) {
            part.copy_from_slice(&self.roll().to_le_bytes());
        }
        bytes
    }
}
