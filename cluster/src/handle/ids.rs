//! [`Id`]: a number that nobody else has drawn; [`Ids`]: where a node draws them.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use consort_protocol::cluster::Life;
use consort_protocol::cluster::slots::hash_key;

/// Bits of the number within a millisecond: four million. Who draws more takes those of the next millisecond.
const SEQUENCE_BITS: u32 = 22;

/// An id that no other node has drawn, nor this one before: see [`Cluster::next_id`](crate::Cluster::next_id).
///
/// It has the form of a UUID of version 7, and is printed as one. From the highest bit: 48 bits for the millisecond since
/// 1970, 22 for the number within it, 52 for the life of the node that drew it, and UUID's 6 between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(u128);

impl Id {
    /// Its 128 bits: those of the UUID, the first one highest.
    pub const fn bits(self) -> u128 {
        self.0
    }

    /// The millisecond since 1970 in which it was drawn, by the clock of its node.
    pub const fn millisecond(self) -> u64 {
        (self.0 >> 80) as u64
    }
}

impl From<Id> for u128 {
    fn from(id: Id) -> u128 {
        id.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |shift: u32, bits: u32| (self.0 >> shift) & ((1 << bits) - 1);
        write!(
            f,
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            part(96, 32),
            part(80, 16),
            part(64, 16),
            part(48, 16),
            part(0, 48)
        )
    }
}

/// Draws the ids of one life of a node.
pub(crate) struct Ids {
    /// What the life contributes.
    life: u64,
    /// The millisecond and the number within it of the latest id.
    last: AtomicU64,
}

impl Ids {
    pub(crate) fn of(life: Life) -> Self {
        let [id, generation] = [life.id.number(), life.generation.0].map(u64::to_be_bytes);
        Ids { life: hash_key(&[id, generation].concat()) >> 12, last: AtomicU64::new(0) }
    }

    /// The next one. A clock that is set back does not bring back what was drawn.
    pub(crate) fn next(&self) -> Id {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        self.next_at(since.as_millis() as u64)
    }

    fn next_at(&self, millisecond: u64) -> Id {
        let now = millisecond << SEQUENCE_BITS;
        let following = |last: u64| now.max(last + 1);
        let drawn = self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(following(last)));
        // the closure never says no: both arms are what stood there before
        self.assemble(following(drawn.unwrap_or_else(|before| before)))
    }

    fn assemble(&self, at: u64) -> Id {
        let (millisecond, sequence) = (u128::from(at >> SEQUENCE_BITS), u128::from(at & ((1 << SEQUENCE_BITS) - 1)));
        let (high, low) = (sequence >> 10, sequence & 0x3ff);
        Id(millisecond << 80 | 7 << 76 | high << 64 | 2 << 62 | low << 52 | u128::from(self.life))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use consort_protocol::cluster::{Generation, NodeId};

    use super::*;

    fn ids(node: u64, generation: u64) -> Ids {
        Ids::of(Life { id: NodeId::new(node).unwrap(), generation: Generation(generation) })
    }

    #[test]
    fn an_id_is_a_uuid_of_version_7() {
        let id = ids(7, 1).next_at(0x0198_0000_0001);
        assert_eq!(id.millisecond(), 0x0198_0000_0001);
        let text = id.to_string();
        assert!(text.starts_with("01980000-0001-7000-80") && text.len() == 36, "{text}");
        assert_eq!(u128::from_str_radix(&text.replace('-', ""), 16), Ok(id.bits()));
    }

    #[test]
    fn ids_of_a_life_rise_also_within_a_millisecond_and_when_the_clock_is_set_back() {
        let ids = ids(7, 1);
        let drawn: Vec<_> = [5, 5, 5, 3, 1, 6, 6].map(|millisecond| ids.next_at(millisecond)).into();
        assert!(drawn.is_sorted_by(|a, b| a < b), "{drawn:?}");
    }

    #[test]
    fn a_full_millisecond_goes_on_in_the_next_one() {
        let ids = ids(7, 1);
        let last = (0..1 << SEQUENCE_BITS).map(|_| ids.next_at(5)).last().unwrap();
        assert_eq!((last.millisecond(), ids.next_at(5).millisecond()), (5, 6));
    }

    #[test]
    fn three_nodes_with_eight_threads_each_draw_no_id_twice() {
        const EACH: usize = 100_000;
        // the third is the second in its next life
        let nodes = [ids(7, 1), ids(8, 1), ids(8, 2)];
        let drawn: HashSet<Id> = std::thread::scope(|scope| {
            let draw = |ids| scope.spawn(move || (0..EACH).map(|_| Ids::next(ids)).collect::<Vec<_>>());
            let threads: Vec<_> = nodes.iter().flat_map(|ids| [ids; 8]).map(draw).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(drawn.len(), 3 * 8 * EACH);
    }
}
