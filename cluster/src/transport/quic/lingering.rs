//! [`Lingering`]: after many records at once, a moment is waited for the next ones.

use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use consort_protocol::cluster::link::lane::Unsent;
use tokio::task::yield_now;

use super::super::bell::Bell;
use super::settings::DATAGRAM_MAX;

/// So many records in one batch say that there are many callers. Fewer are written at once: somebody may wait for nothing
/// else.
const MANY: u64 = 4;

/// Nothing waits longer for company: as long as some four datagrams take, which are what it saves.
const MOMENT: Duration = Duration::from_micros(60);

/// Who lingers keeps a core busy that the callers may need, unless there are more than two.
static HAS_CORES: LazyLock<bool> = LazyLock::new(|| thread::available_parallelism().is_ok_and(|cores| cores.get() > 2));

/// How the writer of a lane waits for company.
///
/// A datagram costs both sides some 15 µs, whatever is in it. Callers run on threads of the program, and those that were
/// answered together ask again one after the other: a writer that took what there is at once would send each of them a
/// datagram of its own, and so would their answers come. So it waits, after a batch of many, until twice as many have come
/// together, or a datagram is full, or the moment is over; meanwhile its thread reads on.
pub(super) struct Lingering {
    is_worth_it: bool,
    /// Records of the last batch.
    last: u64,
}

impl Lingering {
    /// Only a thread that has nothing else to do may linger.
    pub(super) fn new(bell: &Bell) -> Self {
        Lingering { is_worth_it: bell.is_attended() && *HAS_CORES, last: 0 }
    }

    /// So many records were written.
    pub(super) fn note(&mut self, records: u64) {
        self.last = records;
    }

    /// Waits for company, if the last batch had it.
    pub(super) async fn linger(&self, unsent: impl Fn() -> Unsent) {
        if !self.is_worth_it || self.last < MANY {
            return;
        }
        let begun = Instant::now();
        while self.is_company_short(unsent()) && begun.elapsed() < MOMENT {
            // to callers, where there are more of them than cores
            thread::yield_now();
            yield_now().await;
        }
    }

    fn is_company_short(&self, unsent: Unsent) -> bool {
        unsent.records < 2 * self.last && unsent.bytes < u64::from(DATAGRAM_MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn after(last: u64) -> Lingering {
        Lingering { is_worth_it: true, last }
    }

    fn unsent(records: u64) -> Unsent {
        Unsent { records, bytes: 100 * records }
    }

    #[test]
    fn twice_as_many_records_as_the_last_time_are_company_enough() {
        assert!(after(MANY).is_company_short(unsent(2 * MANY - 1)));
        assert!(!after(MANY).is_company_short(unsent(2 * MANY)));
    }

    #[tokio::test]
    async fn company_is_looked_for_after_many_records_and_not_after_few() {
        let looks = Cell::new(0);
        let look = || {
            looks.set(looks.get() + 1);
            unsent(2 * MANY)
        };
        after(MANY - 1).linger(look).await;
        assert_eq!(looks.get(), 0, "few are written at once");
        after(MANY).linger(look).await;
        assert_eq!(looks.get(), 1);
    }

    #[tokio::test]
    async fn nobody_waits_for_company_that_does_not_come() {
        after(1_000).linger(|| unsent(0)).await;
    }

    #[test]
    fn a_full_datagram_has_company_enough() {
        let full = u64::from(DATAGRAM_MAX);
        assert!(after(100).is_company_short(Unsent { records: 1, bytes: full - 1 }));
        assert!(!after(100).is_company_short(Unsent { records: 1, bytes: full }));
    }

    #[tokio::test]
    async fn without_a_thread_of_its_own_nobody_lingers() {
        let mut lingering = Lingering::new(&Bell::default());
        lingering.note(1_000);
        lingering.linger(|| unreachable!("it has not looked")).await;
    }
}
