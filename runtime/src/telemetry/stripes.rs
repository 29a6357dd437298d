//! Counters that threads do not share, and what a thread needs for them.
//!
//! A thread that counts has a number, and every set of counters a stripe for it that no other thread writes: counting
//! is a load and a store then, without a locked instruction. There are [`OWN`] numbers; threads beyond share the last
//! stripe and its counters with locked ones. A number is given back when its thread ends.

use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crossbeam_utils::CachePadded;

/// Threads with a stripe of their own: more than the machines have cores that one runtime is usually given.
const OWN: usize = 31;

/// Of inline calls and of tells one in so many is measured, on average, and stands for all of them.
const SAMPLE: u32 = 16;

/// The same of a thread that makes very many calls: two looks at the clock cost more than an inline call.
const SAMPLE_OF_MANY: u32 = 128;

/// A thread whose samples follow each other faster than this makes very many calls: more than 1.6 million a second, of
/// which there are 10,000 samples still.
const QUICK: Duration = Duration::from_micros(10);

/// The numbers in use, a bit each.
static NUMBERS: AtomicU32 = AtomicU32::new(0);

/// The number of a thread that has none yet.
const NONE: u8 = u8::MAX;

/// What a thread keeps for counting and sampling.
pub(crate) struct Thread {
    number: Cell<u8>,
    /// Calls until the next that is measured, and how many that one stands for.
    left: Cell<u32>,
    weight: Cell<u32>,
    drawn: Cell<Option<Instant>>,
    random: Cell<u32>,
}

impl Thread {
    pub(crate) const fn new() -> Self {
        Thread {
            number: Cell::new(NONE),
            left: Cell::new(0),
            weight: Cell::new(SAMPLE),
            drawn: Cell::new(None),
            random: Cell::new(0),
        }
    }

    /// The thread's number. `retires` says whether [`retire`](Thread::retire) will be called when the thread ends:
    /// without that it gets none of its own.
    #[inline]
    pub(crate) fn number(&self, retires: impl FnOnce() -> bool) -> usize {
        if self.number.get() == NONE {
            self.number.set(if retires() { take_number() } else { OWN as u8 });
        }
        self.number.get().into()
    }

    /// The thread ends: it gives its number back and shares with others what it still counts.
    pub(crate) fn retire(&self) {
        let number = self.number.replace(OWN as u8);
        if usize::from(number) < OWN {
            // what this thread has counted comes before what the next one of this number counts
            NUMBERS.fetch_and(!(1 << number), Ordering::Release);
        }
    }

    /// Whether this call is one of those that are measured: one in [`SAMPLE`] on average, or in [`SAMPLE_OF_MANY`], at
    /// random distances, so that a program whose calls repeat does not show the same one each time.
    #[inline]
    pub(crate) fn samples(&self) -> bool {
        match self.left.get() {
            0 => self.draw(),
            left => {
                self.left.set(left - 1);
                left == 1
            }
        }
    }

    /// How many calls that one stands for of which [`samples`](Thread::samples) has just said that it is measured.
    pub(crate) fn weight(&self) -> u64 {
        self.weight.get().into()
    }

    /// Draws the distance to the next sample: from 1 to twice the average.
    #[cold]
    fn draw(&self) -> bool {
        let now = Instant::now();
        let is_quick = self.drawn.replace(Some(now)).is_some_and(|before| now.duration_since(before) < QUICK);
        self.weight.set(if is_quick { SAMPLE_OF_MANY } else { SAMPLE });
        let first = self.random.get() == 0;
        let mut random = if first { RandomState::new().hash_one(0) as u32 | 1 } else { self.random.get() };
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        self.random.set(random);
        self.left.set(random % (2 * self.weight.get() - 1) + 1);
        self.samples()
    }
}

/// The lowest number that is free, or that of the stripe that is shared.
fn take_number() -> u8 {
    let mut taken = NUMBERS.load(Ordering::Relaxed);
    loop {
        let number = taken.trailing_ones() as usize;
        if number >= OWN {
            return OWN as u8;
        }
        match NUMBERS.compare_exchange_weak(taken, taken | 1 << number, Ordering::Acquire, Ordering::Relaxed) {
            Ok(_) => return number as u8,
            Err(now) => taken = now,
        }
    }
}

/// What one thread counts of one method.
#[derive(Default)]
struct Tally {
    replied: AtomicU64,
    refused: AtomicU64,
}

/// The tallies of eight methods fill a line, which no other thread's share.
type Line = CachePadded<[Tally; LINE]>;
const LINE: usize = 8;

/// How the calls of each method ended that their handlers answered.
pub(super) struct Stripes {
    methods: usize,
    stripes: [OnceLock<Box<[Line]>>; OWN + 1],
}

impl Stripes {
    /// Counters of so many methods. Threads allocate theirs when they count first.
    pub(super) fn new(methods: usize) -> Self {
        Stripes { methods, stripes: [const { OnceLock::new() }; OWN + 1] }
    }

    /// Counts an answer: a reply, or the service's own error.
    #[inline]
    pub(super) fn count(&self, thread: usize, method: usize, refused: bool) {
        let lines = || (0..self.methods.div_ceil(LINE)).map(|_| Line::default()).collect();
        let tally = &self.stripes[thread].get_or_init(lines)[method / LINE][method % LINE];
        let counter = if refused { &tally.refused } else { &tally.replied };
        if thread < OWN {
            counter.store(counter.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        } else {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The replies and the service's own errors of a method.
    pub(super) fn read(&self, method: usize) -> (u64, u64) {
        let tallies = self.stripes.iter().filter_map(|stripe| stripe.get());
        tallies.map(|lines| &lines[method / LINE][method % LINE]).fold((0, 0), |(replied, refused), tally| {
            (replied + tally.replied.load(Ordering::Relaxed), refused + tally.refused.load(Ordering::Relaxed))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;
    use std::thread;

    #[test]
    fn more_threads_than_stripes_lose_no_count() {
        const THREADS: usize = OWN + 9;
        let stripes = Stripes::new(10);
        let all_have_numbers = Barrier::new(THREADS);
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    let thread = Thread::new();
                    let number = thread.number(|| true);
                    all_have_numbers.wait();
                    for call in 0..1_000 {
                        stripes.count(number, 9, call % 4 == 0);
                    }
                    thread.retire();
                });
            }
        });
        assert_eq!(stripes.read(9), (750 * THREADS as u64, 250 * THREADS as u64));
        assert_eq!(stripes.read(8), (0, 0));
    }

    #[test]
    fn no_two_threads_have_a_number_of_their_own_in_common() {
        let threads: Vec<_> = (0..OWN + 5).map(|_| Thread::new()).collect();
        let mut numbers: Vec<_> = threads.iter().map(|thread| thread.number(|| true)).collect();
        threads.iter().for_each(Thread::retire);
        numbers.retain(|number| *number < OWN);
        numbers.sort_unstable();
        assert!(numbers.windows(2).all(|two| two[0] < two[1]), "{numbers:?}");
    }

    #[test]
    fn a_thread_that_is_ending_shares_a_stripe() {
        let thread = Thread::new();
        assert_eq!(thread.number(|| false), OWN);
        let thread = Thread::new();
        thread.number(|| true);
        thread.retire();
        assert_eq!(thread.number(|| true), OWN);
    }

    #[test]
    fn the_calls_that_are_measured_stand_for_all_and_their_distances_differ() {
        let thread = Thread::new();
        let (mut measured, mut weights) = (Vec::new(), 0);
        for call in 0..1_280_000_usize {
            if thread.samples() {
                measured.push(call);
                weights += thread.weight();
            }
        }
        assert!((1_216_000..1_344_000).contains(&weights), "{weights} for 1,280,000 calls");
        let distances: std::collections::BTreeSet<_> = measured.windows(2).map(|two| two[1] - two[0]).collect();
        assert!(distances.len() >= 31 && distances.last() <= Some(&255), "{distances:?}");
    }

    #[test]
    fn of_a_thread_that_makes_few_calls_one_in_sixteen_is_measured_and_of_others_fewer() {
        let (few, many) = (Thread::new(), Thread::new());
        // it draws as if its last sample was long ago
        let long_ago = Instant::now().checked_sub(QUICK);
        let sampled = |thread: &Thread, before: Option<Instant>| {
            thread.drawn.set(before.or_else(|| Some(Instant::now() + QUICK)));
            thread.left.set(0);
            thread.samples();
            thread.weight()
        };
        assert_eq!((sampled(&few, long_ago), sampled(&many, None)), (16, 128));
    }
}
