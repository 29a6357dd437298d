use std::num::NonZeroU32;
use std::time::Duration;

use super::{Chance, Percent};

/// How long to wait before each attempt of a row: some at once, then `first`, `first × factor`, … up to `max`.
///
/// Jitter only ever shortens a delay, so `max` holds, and so does every sum of delays that was computed from it.
/// The spread keeps those that failed together from coming back together (Brooker, "Exponential Backoff And Jitter",
/// AWS Architecture Blog, 2015).
///
/// ```
/// use consort_protocol::time::{Backoff, Chance};
/// use std::time::Duration;
///
/// let backoff = Backoff::default();
/// let delays: Vec<_> = (1..=4).map(|attempt| backoff.delay(attempt, Chance::ZERO).as_millis()).collect();
/// assert_eq!(delays, [0, 100, 200, 400]);
/// assert_eq!(backoff.delay(50, Chance::ZERO), Duration::from_secs(30));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// Attempts without any delay, before `first`. Raise it where a single failure is usually an accident; lower it
    /// to 0 where even one immediate attempt hurts.
    pub immediate: u32,
    /// The first delay that is not zero. Raise it if what failed needs time to free its resources; lower it for a
    /// shorter outage.
    pub first: Duration,
    /// By how much each delay is longer than the one before; 1 keeps them even.
    pub factor: NonZeroU32,
    /// No delay is longer. Raise it to spare what is broken for long; lower it to notice sooner that it is back.
    pub max: Duration,
    /// By how much a delay may be shortened, at random. Raise it where many fail at once; 0 makes delays exact.
    pub jitter: Percent,
}

impl Backoff {
    /// Never a delay. What fails at once then fails as fast as it can: combine it with a limit.
    pub const NONE: Backoff = Backoff {
        immediate: u32::MAX,
        first: Duration::ZERO,
        factor: NonZeroU32::MIN,
        max: Duration::ZERO,
        jitter: Percent::of(0),
    };

    /// The delay before attempt number `attempt` of a row, counted from 1.
    pub fn delay(&self, attempt: u32, chance: Chance) -> Duration {
        let Some(step) = attempt.checked_sub(self.immediate).and_then(|delayed| delayed.checked_sub(1)) else {
            return Duration::ZERO;
        };
        let delay = self.first.saturating_mul(self.factor.saturating_pow(step).get()).min(self.max);
        self.shorten(delay, chance)
    }

    fn shorten(&self, delay: Duration, chance: Chance) -> Duration {
        let share = 1.0 - f64::from(self.jitter.value()) / 100.0 * chance.value();
        Duration::try_from_secs_f64(delay.as_secs_f64() * share).map_or(delay, |shorter| shorter.min(delay))
    }
}

/// One attempt at once, then 100 ms doubled up to 30 s, each shortened by up to 20 %.
impl Default for Backoff {
    fn default() -> Self {
        Backoff {
            immediate: 1,
            first: Duration::from_millis(100),
            factor: const { NonZeroU32::new(2).unwrap() },
            max: Duration::from_secs(30),
            jitter: Percent::of(20),
        }
    }
}
