use std::time::Duration;

use consort_protocol::retry::{BudgetConfig, GiveUp, RetryBudget, RetryDecision};
use consort_protocol::time::{Moment, Percent};
use proptest::prelude::*;

use crate::seed;

const RETRY: RetryDecision = RetryDecision::Retry { delay: Duration::ZERO };

fn at(ms: u64) -> Moment {
    Moment::after_start(Duration::from_millis(ms))
}

/// Asks for `wanted` retries at one moment; how many are granted.
fn granted(budget: &mut RetryBudget, wanted: u32, now: Moment) -> u32 {
    (0..wanted).map(|_| u32::from(budget.spend(RETRY, now) == RETRY)).sum()
}

fn emptied(config: BudgetConfig) -> RetryBudget {
    let mut budget = RetryBudget::new(config);
    assert_eq!(granted(&mut budget, config.saved + 50, Moment::START), config.saved);
    budget
}

#[test]
fn a_budget_starts_full_and_is_used_up() {
    let mut budget = emptied(BudgetConfig::default());
    assert_eq!(budget.spend(RETRY, Moment::START), RetryDecision::GiveUp(GiveUp::OverBudget));
    assert_eq!(GiveUp::OverBudget.to_string(), "its target's retry budget is used up");
}

#[test]
fn calls_earn_their_share_and_seconds_their_number() {
    let mut budget = emptied(BudgetConfig::default());
    (0..59).for_each(|_| budget.handle_call(Moment::START));
    assert_eq!(granted(&mut budget, 50, Moment::START), 5, "10 % of 59");
    budget.handle_call(Moment::START);
    assert_eq!(granted(&mut budget, 50, Moment::START), 1, "the sixtieth");
    assert_eq!(granted(&mut budget, 50, at(1_000)), 10);
}

#[test]
fn time_is_not_lost_by_looking_often() {
    let mut budget = emptied(BudgetConfig { of_calls: Percent::of(0), ..Default::default() });
    let sum: u32 = (1..=10_000).map(|ms| granted(&mut budget, 1, at(ms))).sum();
    assert_eq!(sum, 100, "10 a second for 10 s, asked each millisecond");
}

#[test]
fn no_more_is_saved_than_may_be() {
    let mut budget = RetryBudget::new(BudgetConfig { saved: 3, ..Default::default() });
    (0..1_000).for_each(|_| budget.handle_call(at(3_600_000)));
    assert_eq!(budget.left(), 3);
    assert_eq!(granted(&mut budget, 9, at(3_600_000)), 3);
}

#[test]
fn what_was_given_up_for_another_reason_costs_nothing() {
    let mut budget = RetryBudget::new(BudgetConfig { saved: 1, ..Default::default() });
    let given_up = RetryDecision::GiveUp(GiveUp::Answered);
    assert_eq!(budget.spend(given_up, Moment::START), given_up);
    assert_eq!(budget.left(), 1);
}

#[test]
fn without_any_source_what_was_saved_is_all() {
    let mut budget = emptied(BudgetConfig { of_calls: Percent::of(0), per_second: 0, saved: 2 });
    budget.handle_call(at(u64::MAX));
    assert_eq!(granted(&mut budget, 5, at(u64::MAX)), 0);
}

proptest! {
    #![proptest_config(seed::config())]

    #[test]
    fn retries_are_never_more_than_what_was_saved_and_earned(
        percent in 0_u8..=100, per_second in 0_u32..50, saved in 0_u32..50,
        steps in prop::collection::vec((0_u64..500, 0_u32..20, 0_u32..20), 0..100),
    ) {
        let mut budget = RetryBudget::new(BudgetConfig { of_calls: Percent::of(percent), per_second, saved });
        let (mut ms, mut calls, mut retries) = (0, 0_u64, 0_u64);
        for (wait, called, wanted) in steps {
            ms += wait;
            (0..called).for_each(|_| budget.handle_call(at(ms)));
            calls += u64::from(called);
            retries += u64::from(granted(&mut budget, wanted, at(ms)));
            let earned = calls * u64::from(percent) / 100 + ms * u64::from(per_second) / 1_000;
            prop_assert!(retries <= u64::from(saved) + earned + 1, "{} retries, {} earned", retries, earned);
        }
    }
}
