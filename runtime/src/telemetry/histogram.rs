//! [`Histogram`]: how long calls took.
//!
//! Buckets are log-linear: each power of two of nanoseconds is cut into [`PARTS`] equal parts, so that a bucket's upper
//! bound is at most an eighth above any value in it. A bucket takes its upper bound in and leaves its lower one out.

use std::time::Duration;

/// Parts of each power of two; the values up to this one have buckets of their own.
const PARTS: usize = 8;
const PARTS_LOG: u32 = PARTS.ilog2();

/// The power of two, in nanoseconds, from which on all values share the last bucket: 73 minutes.
const TOP_LOG: u32 = 42;

/// 320 buckets, 2.5 KiB.
pub(super) const BUCKETS: usize = PARTS + (TOP_LOG - PARTS_LOG) as usize * PARTS;

/// The bucket of a duration in nanoseconds.
pub(super) fn bucket_of(nanos: u64) -> usize {
    let below = nanos.saturating_sub(1);
    if below < PARTS as u64 {
        return below as usize;
    }
    let log = below.ilog2();
    if log >= TOP_LOG {
        return BUCKETS - 1;
    }
    let part = (below >> (log - PARTS_LOG)) as usize % PARTS;
    PARTS + (log - PARTS_LOG) as usize * PARTS + part
}

/// The largest duration of a bucket, in nanoseconds. The last bucket also has what is larger.
pub(super) fn upper_bound(bucket: usize) -> u64 {
    if bucket < PARTS {
        return bucket as u64 + 1;
    }
    let (log, part) = ((bucket - PARTS) / PARTS, (bucket - PARTS) % PARTS);
    ((PARTS + part + 1) as u64) << log
}

/// Durations, counted in buckets of which each is at most 12.5 % wide, up to 73 minutes.
///
/// Where one call of several is measured, it stands for as many: counts are estimates then, and quantiles are not
/// affected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    pub(super) counts: Box<[u64]>,
    /// In nanoseconds; wraps after 584 years of calls.
    pub(super) sum: u64,
    pub(super) max: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Histogram { counts: vec![0; BUCKETS].into(), sum: 0, max: 0 }
    }
}

impl Histogram {
    /// How many durations it stands for.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The sum of all durations.
    pub fn sum(&self) -> Duration {
        Duration::from_nanos(self.sum)
    }

    /// The longest duration that was measured, exactly; zero if there is none.
    pub fn max(&self) -> Duration {
        Duration::from_nanos(self.max)
    }

    /// The duration that this share of all (from 0 to 1) does not exceed: exact, or up to 12.5 % too long. `None` while
    /// nothing was measured.
    pub fn quantile(&self, share: f64) -> Option<Duration> {
        let count = self.count();
        if count == 0 {
            return None;
        }
        let wanted = ((share.clamp(0.0, 1.0) * count as f64).ceil() as u64).max(1);
        let mut seen = 0;
        let bucket = self.counts.iter().position(|of_bucket| {
            seen += of_bucket;
            seen >= wanted
        });
        let nanos = bucket.map_or(self.max, |bucket| upper_bound(bucket).min(self.max));
        Some(Duration::from_nanos(nanos))
    }

    /// How many durations are this long at most; exact if `limit` is a power of two in nanoseconds, otherwise some up
    /// to 12.5 % shorter than it are missing.
    pub fn count_up_to(&self, limit: Duration) -> u64 {
        let limit = u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX);
        let within = (0..BUCKETS).take_while(|bucket| upper_bound(*bucket) <= limit).count();
        self.counts[..within].iter().sum()
    }

    /// What came in since `before`, which is an earlier copy: the middle of each bucket with how many it got.
    #[cfg(feature = "metrics")]
    pub(super) fn since<'a>(&'a self, before: &'a Histogram) -> impl Iterator<Item = (Duration, u64)> + 'a {
        (0..BUCKETS).filter_map(|bucket| {
            let new = self.counts[bucket].saturating_sub(before.counts[bucket]);
            let lower = bucket.checked_sub(1).map_or(0, upper_bound);
            (new > 0).then(|| (Duration::from_nanos(lower.midpoint(upper_bound(bucket))), new))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(durations: impl IntoIterator<Item = u64>) -> Histogram {
        let mut histogram = Histogram::default();
        for nanos in durations {
            histogram.counts[bucket_of(nanos)] += 1;
            histogram.sum += nanos;
            histogram.max = histogram.max.max(nanos);
        }
        histogram
    }

    #[test]
    fn every_duration_is_in_the_bucket_whose_bounds_enclose_it() {
        let near = (0..TOP_LOG).flat_map(|log| (1u64 << log).saturating_sub(3)..(1 << log) + 3);
        for nanos in near.chain((0..10_000).map(|n| n * 7_919)).filter(|nanos| *nanos > 0) {
            let bucket = bucket_of(nanos);
            let lower = bucket.checked_sub(1).map_or(0, upper_bound);
            assert!(lower < nanos && nanos <= upper_bound(bucket), "{nanos} in {lower}..={}", upper_bound(bucket));
            assert!(upper_bound(bucket) - nanos <= nanos / PARTS as u64, "{nanos} is reported too long");
        }
    }

    #[test]
    fn buckets_rise_and_the_last_takes_whatever_is_longer() {
        assert!((1..BUCKETS).all(|bucket| upper_bound(bucket - 1) < upper_bound(bucket)));
        assert_eq!(upper_bound(BUCKETS - 1), 1 << TOP_LOG);
        assert_eq!(bucket_of(u64::MAX), BUCKETS - 1);
        assert_eq!(bucket_of(0), 0);
    }

    #[test]
    fn quantiles_are_at_most_an_eighth_too_long_and_never_above_the_longest() {
        let histogram = of((1..=1000).map(|n| n * 1_000));
        for (share, exact) in [(0.5, 500_000u64), (0.9, 900_000), (0.99, 990_000)] {
            let found = histogram.quantile(share).unwrap().as_nanos() as u64;
            assert!(found >= exact && found - exact <= exact / 8, "{share}: {found}");
        }
        assert_eq!(histogram.quantile(1.0), Some(Duration::from_millis(1)));
        assert_eq!(histogram.quantile(0.0), Some(Duration::from_nanos(1_000)).map(|_| Duration::from_nanos(1_024)));
        assert_eq!(histogram.count(), 1000);
        assert_eq!(histogram.max(), Duration::from_millis(1));
        assert_eq!(histogram.sum(), Duration::from_micros(500_500));
    }

    #[test]
    fn an_empty_histogram_has_no_quantiles() {
        assert_eq!(Histogram::default().quantile(0.5), None);
        assert_eq!(Histogram::default().count(), 0);
    }

    #[test]
    fn counts_up_to_a_power_of_two_are_exact() {
        let histogram = of([1, 2, 1023, 1024, 1025, 1 << 20]);
        assert_eq!(histogram.count_up_to(Duration::from_nanos(1024)), 4);
        assert_eq!(histogram.count_up_to(Duration::from_nanos(1 << 20)), 6);
        assert_eq!(histogram.count_up_to(Duration::from_nanos(1)), 1);
        assert_eq!(histogram.count_up_to(Duration::ZERO), 0);
    }

    #[cfg(feature = "metrics")]
    #[test]
    fn what_is_new_is_given_once_near_its_duration() {
        let before = of([1_000, 1_000]);
        let after = of([1_000, 1_000, 1_000, 5_000_000]);
        let new: Vec<_> = after.since(&before).collect();
        assert_eq!(new.len(), 2);
        for ((found, count), exact) in new.into_iter().zip([1_000u64, 5_000_000]) {
            assert_eq!(count, 1);
            assert!((found.as_nanos() as u64).abs_diff(exact) <= exact / 8);
        }
        assert_eq!(after.since(&after).count(), 0);
    }
}
