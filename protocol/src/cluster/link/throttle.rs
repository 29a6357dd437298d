//! [`Throttle`]: says the same thing only now and then.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::time::Moment;

/// Subjects that are remembered at most. A cluster has fewer peers; who invents more of them makes the oldest be
/// forgotten, and said once more.
const REMEMBERED_MAX: usize = 1024;

/// Lets each subject pass once in a period, and counts what it held back.
///
/// ```
/// use consort_protocol::cluster::link::Throttle;
/// use consort_protocol::time::Moment;
/// use std::time::Duration;
///
/// let mut throttle = Throttle::new(Duration::from_secs(60));
/// let at = |seconds| Moment::after_start(Duration::from_secs(seconds));
/// assert_eq!(throttle.pass(&"n1", at(0)), Some(0));
/// assert_eq!(throttle.pass(&"n1", at(59)), None);
/// assert_eq!(throttle.pass(&"n1", at(60)), Some(1)); // one was held back
/// ```
#[derive(Clone, Debug)]
pub struct Throttle<K> {
    period: Duration,
    passed: BTreeMap<K, (Moment, u64)>,
}

impl<K: Ord + Clone> Throttle<K> {
    /// Once in `period`.
    pub fn new(period: Duration) -> Self {
        Throttle { period, passed: BTreeMap::new() }
    }

    /// Whether `subject` may pass, and how many times it was held back since it last did.
    pub fn pass(&mut self, subject: &K, now: Moment) -> Option<u64> {
        if let Some((last, held_back)) = self.passed.get_mut(subject) {
            if now.since(*last) < self.period {
                *held_back = held_back.saturating_add(1);
                return None;
            }
            *last = now;
            return Some(std::mem::take(held_back));
        }
        self.make_room(now);
        self.passed.insert(subject.clone(), (now, 0));
        Some(0)
    }

    fn make_room(&mut self, now: Moment) {
        if self.passed.len() < REMEMBERED_MAX {
            return;
        }
        self.passed.retain(|_, (last, _)| now.since(*last) < self.period);
        while self.passed.len() >= REMEMBERED_MAX {
            let oldest = self.passed.iter().min_by_key(|(_, (last, _))| *last).map(|(subject, _)| subject.clone());
            let Some(oldest) = oldest else { return };
            self.passed.remove(&oldest);
        }
    }
}
