use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::time::Duration;

use consort_protocol::supervision::{
    ActivationConfig, ActivationDirective, Activations, EscalationCause, ExitReason, Ignored, RestartPolicy, Verdict,
};
use consort_protocol::time::{Backoff, Chance, Intensity, Moment};
use proptest::prelude::*;

use crate::seed;
use crate::supervisor_table::exits;

const NOW: Moment = Moment::START;

fn at(ms: u64) -> Moment {
    Moment::after_start(Duration::from_millis(ms))
}

fn crash(activations: &mut Activations<u32>, key: u32, now: Moment) -> ActivationDirective {
    activations.handle_exit(&key, &ExitReason::Panic("x".into()), now, Chance::ZERO)
}

#[test]
fn each_policy_answers_each_exit_as_a_supervisor_does() {
    for policy in [RestartPolicy::Permanent, RestartPolicy::Transient, RestartPolicy::Temporary] {
        for exit in exits() {
            let mut activations = Activations::new(ActivationConfig { policy, ..Default::default() });
            let expected = match policy.verdict(&exit) {
                Verdict::Restart => ActivationDirective::Restart { delay: Duration::ZERO },
                Verdict::Wait => ActivationDirective::Wait,
                Verdict::LeaveDown => ActivationDirective::Ignore(Ignored::Policy),
            };
            let restarted = policy.verdict(&exit) == Verdict::Restart;
            assert_eq!(activations.handle_exit(&1, &exit, NOW, Chance::ZERO), expected, "{policy:?}, it {exit}");
            assert_eq!(activations.troubled(), usize::from(restarted), "{policy:?}, it {exit}");
        }
    }
}

#[test]
fn one_that_crashes_too_often_fails_alone_until_it_is_reset() {
    let mut activations = Activations::new(ActivationConfig::default());
    for _ in 0..5 {
        assert!(matches!(crash(&mut activations, 1, NOW), ActivationDirective::Restart { .. }));
    }
    assert!(matches!(crash(&mut activations, 1, NOW), ActivationDirective::Fail(_)));
    assert_eq!(crash(&mut activations, 1, NOW), ActivationDirective::Ignore(Ignored::NotRunning));
    assert!(matches!(crash(&mut activations, 2, NOW), ActivationDirective::Restart { .. }));
    activations.handle_timeout(at(100_000_000));
    assert!(activations.is_failed(&1) && !activations.is_troubled(&2), "a failed one is not forgotten");
    assert!(activations.handle_reset(&1));
    assert!(matches!(crash(&mut activations, 1, NOW), ActivationDirective::Restart { .. }));
}

#[test]
fn a_start_that_fails_is_tried_again_however_often() {
    let one = const { NonZeroUsize::new(1).unwrap() };
    let mut activations = Activations::new(ActivationConfig { troubled_max: one, ..Default::default() });
    let fails = ExitReason::StartFailed("no database".into());
    let mut delay = |key: u32| match activations.handle_exit(&key, &fails, NOW, Chance::ZERO) {
        ActivationDirective::Restart { delay } => delay.as_millis(),
        other => panic!("{other:?}"),
    };
    let delays: Vec<_> = (0..12).map(|_| delay(1)).collect();
    assert_eq!(delays, [0, 100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]);
    assert_eq!(delay(2), 30_000, "with no room to remember it, the longest delay");
}

#[test]
fn backoff_grows_for_one_key_and_begins_anew_after_a_stable_time() {
    let mut activations = Activations::new(ActivationConfig::default());
    let mut delay = |up: u64, down: u64| {
        activations.handle_started(&1, at(up));
        match crash(&mut activations, 1, at(down)) {
            ActivationDirective::Restart { delay } => delay.as_millis(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(delay(0, 0), 0);
    assert_eq!(delay(0, 5_000), 100);
    assert_eq!(delay(5_100, 65_099), 200);
    assert_eq!(delay(66_000, 126_000), 0);
}

#[test]
fn backoff_begins_anew_even_if_the_intensity_remembers_longer() {
    let intensity = Intensity { restarts: 10, within: Duration::from_secs(3_600) };
    let mut activations = Activations::new(ActivationConfig { intensity, ..Default::default() });
    crash(&mut activations, 1, at(0));
    crash(&mut activations, 1, at(0));
    activations.handle_started(&1, at(100));
    let directive = crash(&mut activations, 1, at(60_100));
    assert_eq!(directive, ActivationDirective::Restart { delay: Duration::ZERO });
}

#[test]
fn a_kind_escalates_once_when_too_many_are_in_trouble() {
    let troubled_max = NonZeroUsize::new(2).unwrap();
    let mut activations = Activations::new(ActivationConfig { troubled_max, ..Default::default() });
    crash(&mut activations, 1, NOW);
    crash(&mut activations, 2, NOW);
    let cause = EscalationCause::TooManyTroubled(troubled_max);
    assert_eq!(crash(&mut activations, 3, NOW), ActivationDirective::Escalate(cause));
    assert_eq!(crash(&mut activations, 4, NOW), ActivationDirective::Ignore(Ignored::Expected));
    activations.handle_restarted_kind();
    assert!(matches!(crash(&mut activations, 4, NOW), ActivationDirective::Restart { .. }));
}

#[test]
fn those_that_calmed_down_make_room() {
    let troubled_max = NonZeroUsize::new(2).unwrap();
    let mut activations = Activations::new(ActivationConfig { troubled_max, ..Default::default() });
    for key in 0..100 {
        let now = at(u64::from(key) * 60_000); // a minute apart, which is what is remembered
        assert!(matches!(crash(&mut activations, key, now), ActivationDirective::Restart { .. }), "{key}");
    }
}

#[test]
fn a_kind_escalates_when_all_together_need_too_many_restarts() {
    let kind_intensity = Some(Intensity { restarts: 3, within: Duration::from_secs(1) });
    let mut activations = Activations::new(ActivationConfig { kind_intensity, ..Default::default() });
    for key in 0..3 {
        crash(&mut activations, key, NOW);
    }
    let ActivationDirective::Escalate(cause) = crash(&mut activations, 3, NOW) else { panic!() };
    let text = "more than 3 restarts within 1s would be needed; the last one panicked: x";
    assert_eq!(cause.to_string(), text);
}

proptest! {
    #![proptest_config(seed::config())]

    #[test]
    fn no_key_is_restarted_too_often_and_all_are_forgotten_in_the_end(
        restarts in 1_u32..4,
        crashes in prop::collection::vec((0_u32..4, 0_u64..3_000, any::<bool>()), 0..100),
    ) {
        let intensity = Intensity { restarts, within: Duration::from_secs(5) };
        let config = ActivationConfig {
            intensity,
            backoff: Backoff::NONE,
            stable_after: Duration::from_secs(1),
            ..Default::default()
        };
        let (mut activations, mut now) = (Activations::new(config), NOW);
        let mut restarted: BTreeMap<u32, Vec<Moment>> = BTreeMap::new();
        for (key, gap, sweep) in crashes {
            now = now + Duration::from_millis(gap);
            if sweep {
                activations.handle_timeout(now);
            }
            match crash(&mut activations, key, now) {
                ActivationDirective::Restart { .. } => {
                    restarted.entry(key).or_default().push(now);
                    activations.handle_started(&key, now);
                }
                ActivationDirective::Fail(_) => prop_assert!(activations.is_failed(&key)),
                ActivationDirective::Ignore(_) => prop_assert!(activations.is_failed(&key)),
                other => prop_assert!(false, "{:?}", other),
            }
        }
        for moments in restarted.values() {
            for from in moments {
                let window = moments.iter().filter(|at| *at >= from && at.since(*from) <= intensity.within);
                prop_assert!(window.count() <= restarts as usize);
            }
        }
        (0..4).for_each(|key| { activations.handle_reset(&key); });
        prop_assert_eq!((activations.troubled(), activations.poll_timeout()), (0, None));
    }
}
