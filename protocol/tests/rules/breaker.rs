use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use consort_protocol::breaker::{Breaker, BreakerConfig, BreakerState, Breakers, Outcome, Permit, Transition, Trip};
use consort_protocol::time::{Moment, Percent};
use proptest::prelude::*;

use crate::seed;

fn at(ms: u64) -> Moment {
    Moment::after_start(Duration::from_millis(ms))
}

fn number(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap()
}

fn call(breaker: &mut Breaker, outcome: Outcome, now: Moment) -> Option<Transition> {
    let permit = breaker.try_admit(now).verdict.unwrap();
    breaker.handle_outcome(permit, outcome, now)
}

fn by_rate() -> BreakerConfig {
    let trip = Trip::Rate { failures: Percent::of(50), calls_min: number(4), within: Duration::from_secs(10) };
    BreakerConfig { trip, ..Default::default() }
}

#[test]
fn failures_in_a_row_open_it_and_a_success_breaks_the_row() {
    let mut breaker = Breaker::new(BreakerConfig::default());
    for _ in 0..3 {
        (0..4).for_each(|_| assert!(call(&mut breaker, Outcome::Failure, at(0)).is_none()));
        call(&mut breaker, Outcome::Success, at(0));
    }
    (0..4).for_each(|_| _ = call(&mut breaker, Outcome::Failure, at(0)));
    (0..9).for_each(|_| _ = call(&mut breaker, Outcome::Abandoned, at(0)));
    let opened = call(&mut breaker, Outcome::Failure, at(0)).unwrap();
    assert_eq!(opened.to, BreakerState::Open { until: at(5_000) });
}

#[test]
fn failures_far_apart_are_no_row() {
    let mut breaker = Breaker::new(BreakerConfig::default());
    (0..50).for_each(|round| assert!(call(&mut breaker, Outcome::Failure, at(round * 10_001)).is_none()));
}

#[test]
fn a_rate_needs_enough_calls_and_forgets_old_ones() {
    let mut breaker = Breaker::new(by_rate());
    (0..3).for_each(|_| assert!(call(&mut breaker, Outcome::Failure, at(0)).is_none(), "too few calls"));
    assert!(call(&mut breaker, Outcome::Failure, at(0)).is_some());

    let mut breaker = Breaker::new(by_rate());
    (0..3).for_each(|_| _ = call(&mut breaker, Outcome::Failure, at(0)));
    (0..3).for_each(|_| _ = call(&mut breaker, Outcome::Success, at(10_000)));
    assert!(call(&mut breaker, Outcome::Failure, at(10_000)).is_none(), "1 of 4: the first three are gone");

    let mut breaker = Breaker::new(by_rate());
    (0..9).for_each(|_| _ = call(&mut breaker, Outcome::Success, at(0)));
    (0..8).for_each(|_| assert!(call(&mut breaker, Outcome::Failure, at(8_000)).is_none()));
    assert!(call(&mut breaker, Outcome::Failure, at(8_000)).is_some(), "9 of 18");
}

fn open(config: BreakerConfig) -> Breaker {
    let mut breaker = Breaker::new(config);
    (0..5).for_each(|_| _ = call(&mut breaker, Outcome::Failure, at(0)));
    assert_eq!(breaker.state(), BreakerState::Open { until: at(5_000) });
    breaker
}

#[test]
fn all_probes_have_to_succeed_and_one_failure_opens_it_again() {
    let config = BreakerConfig { probes: number(2), ..Default::default() };
    for (last, closed) in [(Outcome::Success, true), (Outcome::Failure, false)] {
        let mut breaker = open(config);
        assert!(breaker.try_admit(at(4_999)).verdict.is_err());
        let first = breaker.try_admit(at(5_000));
        assert!(matches!(first.transition.unwrap().to, BreakerState::HalfOpen { .. }));
        assert!(breaker.handle_outcome(first.verdict.unwrap(), Outcome::Success, at(5_001)).is_none());
        let to = call(&mut breaker, last, at(5_002)).unwrap().to;
        let again = BreakerState::Open { until: at(10_002) };
        assert_eq!(to, if closed { BreakerState::Closed } else { again });
    }
}

#[test]
fn an_abandoned_probe_gives_its_place_to_another_and_a_lost_one_opens_it_again() {
    let mut breaker = open(BreakerConfig::default());
    call(&mut breaker, Outcome::Abandoned, at(5_000));
    let lost: Permit = breaker.try_admit(at(5_000)).verdict.unwrap();
    let refused = breaker.try_admit(at(34_999)).verdict.unwrap_err();
    assert_eq!(refused.retry_at, at(35_000));
    assert_eq!(breaker.try_admit(at(35_000)).transition.unwrap().to, BreakerState::Open { until: at(40_000) });
    assert!(breaker.handle_outcome(lost, Outcome::Success, at(35_001)).is_none(), "too late to count");
    assert_eq!(breaker.state(), BreakerState::Open { until: at(40_000) });
}

#[test]
fn what_comes_back_from_before_it_opened_is_not_counted() {
    let mut breaker = Breaker::new(BreakerConfig::default());
    let old = breaker.try_admit(at(0)).verdict.unwrap();
    (0..5).for_each(|_| _ = call(&mut breaker, Outcome::Failure, at(0)));
    let probe = breaker.try_admit(at(5_000)).verdict.unwrap();
    assert!(breaker.handle_outcome(old, Outcome::Failure, at(5_001)).is_none());
    assert!(breaker.handle_outcome(probe, Outcome::Success, at(5_002)).is_some());
}

#[test]
fn of_many_targets_only_the_failing_are_remembered() {
    for config in [BreakerConfig::default(), by_rate()] {
        let mut breakers = Breakers::new(config, NonZeroUsize::new(2).unwrap());
        let mut call = |target: u32, outcome, now| {
            let permit = breakers.try_admit(&target, now).verdict.unwrap();
            breakers.handle_outcome(&target, permit, outcome, now);
            breakers.remembered()
        };
        assert_eq!(call(1, Outcome::Success, at(0)), 0);
        assert_eq!(call(1, Outcome::Failure, at(0)), 1);
        assert_eq!(call(2, Outcome::Failure, at(0)), 2);
        assert_eq!(call(3, Outcome::Failure, at(0)), 2, "no room");
        assert_eq!(call(3, Outcome::Failure, at(10_001)), 1, "the others have become clean");
        assert_eq!(call(3, Outcome::Success, at(20_002)), 0);
    }
}

#[test]
fn the_breaker_of_one_target_says_nothing_of_another() {
    let mut breakers = Breakers::new(BreakerConfig::default(), NonZeroUsize::new(10).unwrap());
    for _ in 0..5 {
        let permit = breakers.try_admit(&"a", at(0)).verdict.unwrap();
        breakers.handle_outcome(&"a", permit, Outcome::Failure, at(0));
    }
    let text = breakers.try_admit(&"a", at(0)).verdict.unwrap_err().to_string();
    let expected = "the circuit is open: its target failed too often; calls are tried again 5s after the node's start";
    assert_eq!(text, expected);
    assert!(breakers.try_admit(&"b", at(0)).verdict.is_ok());
    let probe = breakers.try_admit(&"a", at(5_000)).verdict.unwrap();
    let closed = breakers.handle_outcome(&"a", probe, Outcome::Success, at(5_001)).unwrap();
    assert_eq!((closed.to, breakers.remembered()), (BreakerState::Closed, 0));
}

#[test]
fn a_probe_that_was_lost_does_not_count_after_its_target_was_forgotten() {
    let mut breakers = Breakers::new(BreakerConfig::default(), NonZeroUsize::new(10).unwrap());
    let fail = |breakers: &mut Breakers<_>, now| {
        for _ in 0..5 {
            let permit = breakers.try_admit(&"a", now).verdict.unwrap();
            breakers.handle_outcome(&"a", permit, Outcome::Failure, now);
        }
    };
    fail(&mut breakers, at(0));
    let lost = breakers.try_admit(&"a", at(5_000)).verdict.unwrap();
    assert!(breakers.try_admit(&"a", at(35_000)).verdict.is_err());
    let probe = breakers.try_admit(&"a", at(40_000)).verdict.unwrap();
    breakers.handle_outcome(&"a", probe, Outcome::Success, at(40_000));
    assert_eq!(breakers.remembered(), 0);

    fail(&mut breakers, at(50_000));
    let probe = breakers.try_admit(&"a", at(55_000)).verdict.unwrap();
    assert!(breakers.handle_outcome(&"a", lost, Outcome::Success, at(55_001)).is_none());
    assert!(breakers.handle_outcome(&"a", probe, Outcome::Failure, at(55_002)).is_some());
}

#[test]
fn those_that_are_not_closed_are_listed_and_no_others() {
    let mut breakers = Breakers::new(BreakerConfig::default(), NonZeroUsize::new(9).unwrap());
    for (target, failures) in [("b", 5), ("a", 5), ("c", 4)] {
        for _ in 0..failures {
            let permit = breakers.try_admit(&target, at(0)).verdict.unwrap();
            breakers.handle_outcome(&target, permit, Outcome::Failure, at(0));
        }
    }
    let open = BreakerState::Open { until: at(5_000) };
    assert_eq!(breakers.not_closed().collect::<Vec<_>>(), [(&"a", open), (&"b", open)]);
}

#[derive(Clone, Debug)]
enum Event {
    Call,
    Back { permit: usize, outcome: Outcome },
    Wait(u64),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let outcome = prop::sample::select(vec![Outcome::Success, Outcome::Failure, Outcome::Failure, Outcome::Abandoned]);
    let event = prop_oneof![
        4 => Just(Event::Call),
        3 => (0..8_usize, outcome).prop_map(|(permit, outcome)| Event::Back { permit, outcome }),
        1 => (0_u64..4_000).prop_map(Event::Wait),
    ];
    prop::collection::vec(event, 0..200)
}

proptest! {
    #![proptest_config(seed::config())]

    #[test]
    fn never_more_than_the_probes_pass_when_half_open(
        probes in 1_u32..4, rate: bool, events in events(),
    ) {
        let trip = if rate { by_rate().trip } else { BreakerConfig::default().trip };
        let config = BreakerConfig { trip, probes: number(probes), ..Default::default() };
        let (mut breaker, mut now) = (Breaker::new(config), Moment::START);
        // Permits that are out, each with whether it is a probe of the present half-open time.
        let mut out: Vec<(Permit, bool)> = Vec::new();
        let mut passed = 0;
        for event in events {
            let before = breaker.state();
            let transition = match event {
                Event::Wait(ms) => { now = now + Duration::from_millis(ms); None }
                Event::Call => {
                    let admission = breaker.try_admit(now);
                    if admission.transition.is_some() {
                        (passed, out) = (0, out.into_iter().map(|(permit, _)| (permit, false)).collect());
                    }
                    if let Ok(permit) = admission.verdict {
                        let open = matches!(breaker.state(), BreakerState::Open { .. });
                        prop_assert!(!open, "a call passed an open breaker");
                        out.push((permit, matches!(breaker.state(), BreakerState::HalfOpen { .. })));
                    }
                    admission.transition
                }
                Event::Back { permit, outcome } if permit < out.len() => {
                    let (permit, probe) = out.swap_remove(permit);
                    let transition = breaker.handle_outcome(permit, outcome, now);
                    passed += u32::from(probe && outcome == Outcome::Success);
                    if transition.is_some() {
                        (passed, out) = (0, out.into_iter().map(|(permit, _)| (permit, false)).collect());
                    }
                    transition
                }
                Event::Back { .. } => None,
            };
            let probing = out.iter().filter(|(_, probe)| *probe).count() as u32;
            prop_assert!(probing + passed <= probes, "{} probes are out, {} passed", probing, passed);
            match transition {
                Some(Transition { from, to, at }) => {
                    let same_kind = std::mem::discriminant(&from) == std::mem::discriminant(&before);
                    prop_assert!(same_kind && at == now);
                    let allowed = matches!(
                        (from, to),
                        (BreakerState::Closed, BreakerState::Open { .. })
                            | (BreakerState::Open { .. }, BreakerState::HalfOpen { .. })
                            | (BreakerState::HalfOpen { .. }, BreakerState::Open { .. } | BreakerState::Closed)
                    );
                    prop_assert!(allowed, "{:?} → {:?}", from, to);
                    if let BreakerState::Open { until } = from {
                        prop_assert!(until <= now, "half-open too early");
                    }
                }
                None => {
                    let same = std::mem::discriminant(&before) == std::mem::discriminant(&breaker.state());
                    prop_assert!(same, "a change was not told");
                }
            }
        }
    }
}
