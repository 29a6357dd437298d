use std::time::Duration;

use super::{GiveUp, RetryDecision};
use crate::time::{Moment, Percent};

/// One retry, in the unit that the budget counts in: what one call adds is a whole number of them.
const RETRY: u64 = 100;

/// How many retries a target's callers may make together.
///
/// The attempts of one call are few, but the calls may be many: if a target refuses all of them, four attempts each are
/// four times the load on what is too weak for it. A budget bounds the sum. The idea, and the two sources of a budget,
/// are Finagle's (`RetryBudget`) and tower's (`TpsBudget`), which both take 20 % and 10 a second; half of that share
/// keeps three layers that retry each other below 1.34 times the load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetConfig {
    /// Retries for each hundred calls. Raise it where single failures are frequent and the target has room; lower it
    /// to protect the target; 0 leaves those of `per_second`.
    pub of_calls: Percent,
    /// Retries a second beside those, so that callers with few calls can retry at all.
    pub per_second: u32,
    /// How many unused ones are kept. Raise it to ride out a longer outage; lower it to cut the first burst of one.
    pub saved: u32,
}

/// 10 of 100 calls and 10 a second, 100 saved.
impl Default for BudgetConfig {
    fn default() -> Self {
        BudgetConfig { of_calls: Percent::of(10), per_second: 10, saved: 100 }
    }
}

/// What is left of a [`BudgetConfig`]. It starts full.
///
/// ```
/// use consort_protocol::retry::{BudgetConfig, GiveUp, RetryBudget, RetryDecision};
/// use consort_protocol::time::Moment;
/// use std::time::Duration;
///
/// let mut budget = RetryBudget::new(BudgetConfig { saved: 1, ..Default::default() });
/// let retry = RetryDecision::Retry { delay: Duration::ZERO };
/// budget.handle_call(Moment::START);
/// assert_eq!(budget.spend(retry, Moment::START), retry);
/// assert_eq!(budget.spend(retry, Moment::START), RetryDecision::GiveUp(GiveUp::OverBudget));
/// assert_eq!(budget.spend(retry, Moment::after_start(Duration::from_millis(100))), retry);
/// ```
#[derive(Clone, Debug)]
pub struct RetryBudget {
    config: BudgetConfig,
    /// In hundredths of a retry.
    left: u64,
    /// Until when the retries of each second are in `left`.
    filled: Moment,
}

impl RetryBudget {
    /// A full one.
    pub fn new(config: BudgetConfig) -> Self {
        RetryBudget { config, left: u64::from(config.saved) * RETRY, filled: Moment::START }
    }

    /// A call is made that may be tried again: its first attempt.
    pub fn handle_call(&mut self, now: Moment) {
        self.fill(now);
        self.add(u64::from(self.config.of_calls.value()));
    }

    /// What the budget makes of a decision: a retry it has nothing left for is given up.
    pub fn spend(&mut self, decision: RetryDecision, now: Moment) -> RetryDecision {
        let RetryDecision::Retry { .. } = decision else { return decision };
        self.fill(now);
        if self.left < RETRY {
            return RetryDecision::GiveUp(GiveUp::OverBudget);
        }
        self.left -= RETRY;
        decision
    }

    /// How many retries are left now, as of the last call or retry.
    pub fn left(&self) -> u64 {
        self.left / RETRY
    }

    /// Adds what the time since the last look brought. What is less than a hundredth of a retry is left for the next.
    fn fill(&mut self, now: Moment) {
        let rate = u128::from(self.config.per_second) * u128::from(RETRY);
        if rate == 0 {
            return;
        }
        let nanos = now.since(self.filled).as_nanos();
        let brought = nanos.saturating_mul(rate) / NANOS;
        let used = (brought.saturating_mul(NANOS)).div_ceil(rate);
        self.filled = self.filled + Duration::from_nanos(u64::try_from(used).unwrap_or(u64::MAX));
        self.add(u64::try_from(brought).unwrap_or(u64::MAX));
    }

    fn add(&mut self, hundredths: u64) {
        let most = u64::from(self.config.saved) * RETRY;
        self.left = self.left.saturating_add(hundredths).min(most);
    }
}

const NANOS: u128 = 1_000_000_000;
