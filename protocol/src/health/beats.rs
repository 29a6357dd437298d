use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

use super::Sign;
use crate::time::{Moment, Timers};

/// When a beat is missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BeatConfig {
    /// How often a subject beats. Raise it for less traffic; lower it to notice silence sooner. At least 1 ms.
    pub every: Duration,
    /// How many beats in a row may be missing before there is a complaint. Raise it where beats get lost or late.
    pub missed_max: NonZeroU32,
}

/// A beat a second; silence is noticed after 2 s.
impl Default for BeatConfig {
    fn default() -> Self {
        BeatConfig { every: Duration::from_secs(1), missed_max: const { NonZeroU32::new(2).unwrap() } }
    }
}

impl BeatConfig {
    /// Timers at no distance would never come to an end.
    fn every(&self) -> Duration {
        self.every.max(Duration::from_millis(1))
    }
}

/// Listens to the beats of kinds or nodes and says who is silent.
///
/// ```
/// use consort_protocol::health::{BeatConfig, Beats, Sign};
/// use consort_protocol::time::Moment;
/// use std::time::Duration;
///
/// let mut beats = Beats::new(BeatConfig::default());
/// beats.handle_beat(&"inventory", Moment::START);
/// let late = beats.poll_timeout().unwrap();
/// assert_eq!(late, Moment::START + Duration::from_secs(2));
/// assert_eq!(beats.handle_timeout(late), [("inventory", Sign::Silent(Duration::from_secs(2)))]);
/// ```
#[derive(Clone, Debug)]
pub struct Beats<T> {
    config: BeatConfig,
    last: BTreeMap<T, Moment>,
    timers: Timers<T>,
}

impl<T: Clone + Ord> Beats<T> {
    /// Nobody beats yet.
    pub fn new(config: BeatConfig) -> Self {
        Beats { config, last: BTreeMap::new(), timers: Timers::new() }
    }

    /// The subject beat, or is expected to from now on. A beat of one that [was silent](Self::is_silent) is a
    /// [`Sign::Beat`].
    pub fn handle_beat(&mut self, subject: &T, now: Moment) {
        self.last.insert(subject.clone(), now);
        let silence = self.config.every().saturating_mul(self.config.missed_max.get());
        self.timers.set(subject, now + silence);
    }

    /// The subject beats no more, and that is as it should be.
    pub fn handle_gone(&mut self, subject: &T) {
        self.last.remove(subject);
        self.timers.cancel(subject);
    }

    /// Who is silent, and for how long: one complaint for each beat interval of silence.
    pub fn handle_timeout(&mut self, now: Moment) -> Vec<(T, Sign)> {
        let mut silent = Vec::new();
        while let Some(subject) = self.timers.pop_due(now) {
            let silence = self.last.get(&subject).map_or(Duration::ZERO, |last| now.since(*last));
            self.timers.set(&subject, now + self.config.every());
            silent.push((subject, Sign::Silent(silence)));
        }
        silent
    }

    /// When to call [`handle_timeout`](Self::handle_timeout).
    pub fn poll_timeout(&self) -> Option<Moment> {
        self.timers.next()
    }

    /// Whether the subject has been silent for too long at `now`.
    pub fn is_silent(&self, subject: &T, now: Moment) -> bool {
        let silence = self.config.every().saturating_mul(self.config.missed_max.get());
        self.last.get(subject).is_some_and(|last| now.since(*last) >= silence)
    }
}
