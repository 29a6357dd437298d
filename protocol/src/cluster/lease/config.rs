use std::time::Duration;

use crate::time::Percent;

/// By how much a clock may run fast or slow. Those of real machines keep to a fiftieth of a per cent, and virtual ones
/// that are being moved to a few; beyond that they are broken.
pub const DRIFT_MAX: Percent = Percent::of(10);

/// The times of a lease. The same on all nodes of a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseConfig {
    renew_every: Duration,
    fence_after: Duration,
    let_go_after: Duration,
}

/// Times with which a lease would be of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LeaseConfigError {
    /// One lost renewal would already end it.
    #[error(
        "a lease that is renewed every {renew_every:?} and ends after {fence_after:?} does not outlive one lost renewal: renew at least twice in that time"
    )]
    TooRare {
        /// Time from renewal to renewal.
        renew_every: Duration,
        /// When the holder stops.
        fence_after: Duration,
    },
    /// Two nodes could own the same.
    #[error(
        "with clocks that run {DRIFT_MAX} wrong a holder that stops after {fence_after:?} may still act when the grantor lets go after {let_go_after:?}: let go after {least:?} at least"
    )]
    TooClose {
        /// When the holder stops.
        fence_after: Duration,
        /// When the grantor gives its slots to others.
        let_go_after: Duration,
        /// The least that would do.
        least: Duration,
    },
}

impl LeaseConfig {
    /// The holder renews every `renew_every`, and stops if `fence_after` has passed since it sent the last renewal that
    /// was granted; the grantor lets go if `let_go_after` has passed since it granted the last one.
    ///
    /// Longer times outlive longer pauses and outages of the grantor, and make the keys of a dead node wait longer.
    ///
    /// # Errors
    /// If one lost renewal ended the lease, or clocks within [`DRIFT_MAX`] did not keep the two apart.
    pub fn new(renew_every: Duration, fence_after: Duration, let_go_after: Duration) -> Result<Self, LeaseConfigError> {
        if renew_every.is_zero() || renew_every.saturating_mul(2) > fence_after {
            return Err(LeaseConfigError::TooRare { renew_every, fence_after });
        }
        // The slowest clock of a holder against the fastest of a grantor.
        let drift = u32::from(DRIFT_MAX.value());
        let least = fence_after.saturating_mul(100 + drift) / (100 - drift);
        if let_go_after <= least {
            return Err(LeaseConfigError::TooClose { fence_after, let_go_after, least });
        }
        Ok(LeaseConfig { renew_every, fence_after, let_go_after })
    }

    /// Time from renewal to renewal.
    pub const fn renew_every(&self) -> Duration {
        self.renew_every
    }

    /// How long after sending the last renewal that was granted the holder stops.
    pub const fn fence_after(&self) -> Duration {
        self.fence_after
    }

    /// How long after granting the last renewal the grantor lets go.
    pub const fn let_go_after(&self) -> Duration {
        self.let_go_after
    }
}

/// Renewed every 500 ms, ends after 1.5 s, let go after 2.0 s: two renewals in a row may be lost, the keys of a dead node
/// wait for little more than two seconds, and with the worst clocks 150 ms are left to stop in.
impl Default for LeaseConfig {
    fn default() -> Self {
        LeaseConfig {
            renew_every: Duration::from_millis(500),
            fence_after: Duration::from_millis(1_500),
            let_go_after: Duration::from_millis(2_000),
        }
    }
}
