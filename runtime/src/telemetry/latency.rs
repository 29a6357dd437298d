//! [`Latency`]: a histogram that all threads write.

use std::sync::atomic::{AtomicU64, Ordering};

use super::histogram::{BUCKETS, Histogram, bucket_of};

/// The durations of one method's calls. Only one inline call in sixteen or fewer comes here, and queued ones cost a hundred
/// times more than a counter that others write too, so threads share it.
pub(super) struct Latency {
    counts: [AtomicU64; BUCKETS],
    sum: AtomicU64,
    max: AtomicU64,
}

impl Latency {
    pub(super) fn boxed() -> Box<Self> {
        Box::new(Latency {
            counts: [const { AtomicU64::new(0) }; BUCKETS],
            sum: AtomicU64::new(0),
            max: AtomicU64::new(0),
        })
    }

    /// Notes a duration that stands for `weight` calls.
    pub(super) fn record(&self, nanos: u64, weight: u64) {
        self.counts[bucket_of(nanos)].fetch_add(weight, Ordering::Relaxed);
        self.sum.fetch_add(nanos.wrapping_mul(weight), Ordering::Relaxed);
        if nanos > self.max.load(Ordering::Relaxed) {
            self.max.fetch_max(nanos, Ordering::Relaxed);
        }
    }

    pub(super) fn read(&self) -> Histogram {
        Histogram {
            counts: self.counts.iter().map(|count| count.load(Ordering::Relaxed)).collect(),
            sum: self.sum.load(Ordering::Relaxed),
            max: self.max.load(Ordering::Relaxed),
        }
    }
}
