use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use super::{Admission, Breaker, BreakerConfig, BreakerState, Outcome, Permit, Transition};
use crate::time::Moment;

/// The circuit breakers of any number of targets. It remembers those with recent failures.
///
/// A target is remembered from its first failure on, so a [rate](super::Trip::Rate) counts the calls since then.
///
/// ```
/// use consort_protocol::breaker::{BreakerConfig, Breakers, Outcome};
/// use consort_protocol::time::Moment;
/// use std::num::NonZeroUsize;
///
/// let mut breakers = Breakers::new(BreakerConfig::default(), NonZeroUsize::new(1_000).unwrap());
/// let permit = breakers.try_admit(&"inventory", Moment::START).verdict.unwrap();
/// breakers.handle_outcome(&"inventory", permit, Outcome::Success, Moment::START);
/// assert_eq!(breakers.remembered(), 0);
/// ```
#[derive(Clone, Debug)]
pub struct Breakers<T> {
    config: BreakerConfig,
    targets_max: NonZeroUsize,
    breakers: BTreeMap<T, Breaker>,
    /// Where the rounds of a new breaker begin: above those of every one forgotten, so that an old permit never fits.
    first_round: u64,
}

impl<T: Clone + Ord> Breakers<T> {
    /// All closed. Beyond `targets_max` targets with recent failures, failures of others are not counted: their calls
    /// pass.
    pub fn new(config: BreakerConfig, targets_max: NonZeroUsize) -> Self {
        Breakers { config, targets_max, breakers: BTreeMap::new(), first_round: 0 }
    }

    /// Asks whether a call to the target may pass.
    pub fn try_admit(&mut self, target: &T, now: Moment) -> Admission {
        match self.breakers.get_mut(target) {
            Some(breaker) => breaker.try_admit(now),
            None => Admission { verdict: Ok(Permit { round: None }), transition: None },
        }
    }

    /// A permitted call to the target has ended.
    pub fn handle_outcome(&mut self, target: &T, permit: Permit, outcome: Outcome, now: Moment) -> Option<Transition> {
        if outcome == Outcome::Failure && permit.round.is_none() && !self.breakers.contains_key(target) {
            self.remember(target, now);
        }
        let breaker = self.breakers.get_mut(target)?;
        let transition = breaker.handle_outcome(permit, outcome, now);
        if breaker.is_clean(now) {
            self.first_round = self.first_round.max(breaker.round() + 1);
            self.breakers.remove(target);
        }
        transition
    }

    /// Where the target's breaker stands.
    pub fn state(&self, target: &T) -> BreakerState {
        self.breakers.get(target).map_or(BreakerState::Closed, Breaker::state)
    }

    /// The targets whose breaker is not closed, in their order.
    pub fn not_closed(&self) -> impl Iterator<Item = (&T, BreakerState)> {
        let states = self.breakers.iter().map(|(target, breaker)| (target, breaker.state()));
        states.filter(|(_, state)| *state != BreakerState::Closed)
    }

    /// How many targets are remembered.
    pub fn remembered(&self) -> usize {
        self.breakers.len()
    }

    fn remember(&mut self, target: &T, now: Moment) {
        if self.breakers.len() >= self.targets_max.get() {
            let first_round = &mut self.first_round;
            self.breakers.retain(|_, breaker| {
                let clean = breaker.is_clean(now);
                *first_round = (*first_round).max(if clean { breaker.round() + 1 } else { 0 });
                !clean
            });
        }
        if self.breakers.len() < self.targets_max.get() {
            self.breakers.insert(target.clone(), Breaker::with_round(self.config, self.first_round));
        }
    }
}
