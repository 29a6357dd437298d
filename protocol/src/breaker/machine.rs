use super::counts::Counts;
use super::{Admission, BreakerConfig, BreakerState, Outcome, Permit, Refused, Transition};
use crate::time::Moment;

/// The circuit breaker of one target.
///
/// ```
/// use consort_protocol::breaker::{Breaker, BreakerConfig, BreakerState, Outcome};
/// use consort_protocol::time::Moment;
/// use std::time::Duration;
///
/// let mut breaker = Breaker::new(BreakerConfig::default());
/// for _ in 0..5 {
///     let permit = breaker.try_admit(Moment::START).verdict.unwrap();
///     breaker.handle_outcome(permit, Outcome::Failure, Moment::START);
/// }
/// let refused = breaker.try_admit(Moment::START).verdict.unwrap_err();
/// assert_eq!(refused.retry_at, Moment::START + Duration::from_secs(5));
///
/// let probe = breaker.try_admit(refused.retry_at).verdict.unwrap();
/// assert!(breaker.try_admit(refused.retry_at).verdict.is_err()); // one probe at a time
/// breaker.handle_outcome(probe, Outcome::Success, refused.retry_at);
/// assert_eq!(breaker.state(), BreakerState::Closed);
/// ```
#[derive(Clone, Debug)]
pub struct Breaker {
    config: BreakerConfig,
    state: BreakerState,
    /// Grows with every transition.
    round: u64,
    counts: Counts,
}

impl Breaker {
    /// A closed one.
    pub fn new(config: BreakerConfig) -> Self {
        Breaker::with_round(config, 0)
    }

    pub(super) fn with_round(config: BreakerConfig, round: u64) -> Self {
        Breaker { config, state: BreakerState::Closed, round, counts: Counts::new(&config.trip) }
    }

    /// Asks whether a call may pass.
    pub fn try_admit(&mut self, now: Moment) -> Admission {
        let transition = self.on_time(now);
        let all_sent = self.state.all_sent(self.config.probes);
        let retry_at = match &mut self.state {
            BreakerState::Open { until } => Some(*until),
            BreakerState::HalfOpen { until, .. } if all_sent => Some(*until),
            BreakerState::HalfOpen { sent, .. } => {
                *sent += 1;
                None
            }
            BreakerState::Closed => None,
        };
        let verdict = match retry_at {
            Some(retry_at) => Err(Refused { retry_at }),
            None => Ok(Permit { round: Some(self.round) }),
        };
        Admission { verdict, transition }
    }

    /// A permitted call has ended. What it changed, if anything: outcomes of calls that were permitted before the last
    /// change are not counted.
    pub fn handle_outcome(&mut self, permit: Permit, outcome: Outcome, now: Moment) -> Option<Transition> {
        let current = permit.round == Some(self.round);
        let first = permit.round.is_none() && self.state == BreakerState::Closed;
        if !current && !first {
            return None;
        }
        match (&mut self.state, outcome) {
            (BreakerState::Closed, Outcome::Abandoned) | (BreakerState::Open { .. }, _) => None,
            (BreakerState::Closed, Outcome::Success | Outcome::Failure) => {
                let opens = self.counts.count(&self.config.trip, outcome == Outcome::Failure, now);
                opens.then(|| self.open(now))
            }
            (BreakerState::HalfOpen { .. }, Outcome::Failure) => Some(self.open(now)),
            (BreakerState::HalfOpen { sent, .. }, Outcome::Abandoned) => {
                *sent -= 1; // another call may be the probe
                None
            }
            (BreakerState::HalfOpen { passed, .. }, Outcome::Success) => {
                *passed += 1;
                let done = *passed >= self.config.probes.get();
                done.then(|| self.turn(BreakerState::Closed, now))
            }
        }
    }

    /// Where it stands. An open one becomes half-open when a call asks, not before.
    pub fn state(&self) -> BreakerState {
        self.state
    }

    /// Whether nothing would be lost by forgetting it.
    pub(super) fn is_clean(&mut self, now: Moment) -> bool {
        self.state == BreakerState::Closed && self.counts.is_clean(&self.config.trip, now)
    }

    pub(super) fn round(&self) -> u64 {
        self.round
    }

    /// What the passing of time changes.
    fn on_time(&mut self, now: Moment) -> Option<Transition> {
        match self.state {
            BreakerState::Open { until } if now >= until => {
                let until = now + self.config.probe_time;
                Some(self.turn(BreakerState::HalfOpen { sent: 0, passed: 0, until }, now))
            }
            BreakerState::HalfOpen { until, .. } if now >= until => Some(self.open(now)),
            BreakerState::Closed | BreakerState::Open { .. } | BreakerState::HalfOpen { .. } => None,
        }
    }

    fn open(&mut self, now: Moment) -> Transition {
        self.turn(BreakerState::Open { until: now + self.config.open_for }, now)
    }

    fn turn(&mut self, to: BreakerState, now: Moment) -> Transition {
        let from = std::mem::replace(&mut self.state, to);
        self.round += 1;
        self.counts = Counts::new(&self.config.trip);
        Transition { from, to, at: now }
    }
}
