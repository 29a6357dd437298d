//! The hash that decides where a key lives. It never changes: every node of every version must agree on it.

use std::num::NonZeroU16;

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Which hash this is. A cluster is created with it, and refuses nodes that have another.
pub const HASH_VERSION: u8 = 1;

/// The hash of a key's canonical bytes: XXH3 with 64 bits, seed 0. Its highest bits are the key's
/// [`Slot`](super::Slot).
///
/// It is no secret and has no key: who may choose keys freely can choose them all in one slot.
///
/// ```
/// use consort_protocol::cluster::slots::{Slot, hash_key};
///
/// assert_eq!(hash_key(b"acme"), 0x44ad_9865_5d88_58e1);
/// assert_eq!(Slot::of_hash(hash_key(b"acme")).number(), 1_098);
/// ```
pub fn hash_key(canonical: &[u8]) -> u64 {
    xxh3_64(canonical)
}

/// The hash of a key whose `prefix` chooses a group of `nodes` slots, and whose `rest` chooses one of these.
///
/// The slots of a group are evenly spaced around the one of `hash_key(prefix)`, so they are different ones. Whether
/// they are on as many nodes is for the slot table: two of them may have one owner. A group of more slots than there
/// are is one of all slots.
///
/// ```
/// use consort_protocol::cluster::slots::{SLOTS, Slot, hash_group, hash_key};
/// use std::num::NonZeroU16;
///
/// let slot = |rest: &[u8]| Slot::of_hash(hash_group(b"acme", rest, NonZeroU16::new(4).unwrap())).number();
/// let first = Slot::of_hash(hash_key(b"acme")).number();
/// for order in [b"order-1", b"order-2", b"order-3"] {
///     assert_eq!((slot(order) + SLOTS - first) % (SLOTS / 4), 0);
/// }
/// ```
pub fn hash_group(prefix: &[u8], rest: &[u8], nodes: NonZeroU16) -> u64 {
    let nodes = u64::from(nodes.get().min(super::SLOTS));
    // Another seed: else the rest that equals another key's prefix would follow that key's slot.
    let rest = xxh3_64_with_seed(rest, REST_SEED);
    let chosen = (u128::from(rest) * u128::from(nodes)) >> 64;
    let step = ((chosen << 64) / u128::from(nodes)) as u64;
    hash_key(prefix).wrapping_add(step)
}

/// Any number but 0, which is the seed of whole keys.
const REST_SEED: u64 = 1;
