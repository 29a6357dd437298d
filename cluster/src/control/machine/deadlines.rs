//! When leases end, by the clock of whoever leads: [`Deadlines`].

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use consort_protocol::time::Moment;

use crate::control::store::LeaseId;

/// When each lease ends unless it is renewed. Known to the leader alone, and anew to each new one: a lease lasts its
/// whole time from the moment its leader began to lead, so that it never ends earlier than its holder was promised.
#[derive(Debug, Default)]
pub(crate) struct Deadlines {
    by_lease: BTreeMap<LeaseId, (Moment, Duration)>,
    by_end: BTreeSet<(Moment, LeaseId)>,
}

impl Deadlines {
    /// A lease begins, or begins anew.
    pub(crate) fn handle_begun(&mut self, now: Moment, lease: LeaseId, ttl: Duration) {
        let end = now + ttl;
        if let Some((before, _)) = self.by_lease.insert(lease, (end, ttl)) {
            self.by_end.remove(&(before, lease));
        }
        self.by_end.insert((end, lease));
    }

    /// A lease is renewed. `false` if there is none, or it is over: that it ended may be on its way to all nodes
    /// already.
    pub(crate) fn handle_renewed(&mut self, now: Moment, lease: LeaseId) -> bool {
        match self.by_lease.get(&lease) {
            Some(&(end, ttl)) if now < end => {
                self.handle_begun(now, lease, ttl);
                true
            }
            _ => false,
        }
    }

    /// A lease has ended.
    pub(crate) fn handle_ended(&mut self, lease: LeaseId) {
        if let Some((end, _)) = self.by_lease.remove(&lease) {
            self.by_end.remove(&(end, lease));
        }
    }

    /// When the next lease is over.
    pub(crate) fn poll_timeout(&self) -> Option<Moment> {
        self.by_end.first().map(|(end, _)| *end)
    }

    /// The leases that are over, the first first. They stay so until they have [ended](Self::handle_ended).
    pub(crate) fn over(&self, now: Moment) -> impl Iterator<Item = LeaseId> {
        self.by_end.iter().take_while(move |(end, _)| *end <= now).map(|(_, lease)| *lease)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use consort_protocol::time::Moment;

    use super::Deadlines;
    use crate::control::store::LeaseId;

    const TTL: Duration = Duration::from_secs(2);

    fn at(millis: u64) -> Moment {
        Moment::after_start(Duration::from_millis(millis))
    }

    fn over(deadlines: &Deadlines, now: Moment) -> Vec<u64> {
        deadlines.over(now).map(|lease| lease.0).collect()
    }

    #[test]
    fn a_lease_is_over_at_its_end_and_not_before() {
        let mut deadlines = Deadlines::default();
        deadlines.handle_begun(at(100), LeaseId(1), TTL);
        assert_eq!(deadlines.poll_timeout(), Some(at(2_100)));
        assert_eq!((over(&deadlines, at(2_099)), over(&deadlines, at(2_100))), (vec![], vec![1]));
    }

    #[test]
    fn a_renewed_lease_lasts_its_whole_time_again() {
        let mut deadlines = Deadlines::default();
        deadlines.handle_begun(at(0), LeaseId(1), TTL);
        deadlines.handle_begun(at(0), LeaseId(2), TTL);
        assert!(deadlines.handle_renewed(at(1_999), LeaseId(1)));
        assert_eq!((over(&deadlines, at(3_998)), over(&deadlines, at(3_999))), (vec![2], vec![2, 1]));
    }

    #[test]
    fn a_lease_that_is_over_cannot_be_renewed() {
        let mut deadlines = Deadlines::default();
        deadlines.handle_begun(at(0), LeaseId(1), TTL);
        assert!(!deadlines.handle_renewed(at(2_000), LeaseId(1)));
        assert!(!deadlines.handle_renewed(at(0), LeaseId(2)), "nor one that never was");
        assert_eq!(over(&deadlines, at(2_000)), [1], "it stays over until it has ended");
        deadlines.handle_ended(LeaseId(1));
        assert_eq!((over(&deadlines, at(2_000)), deadlines.poll_timeout()), (vec![], None));
    }
}
