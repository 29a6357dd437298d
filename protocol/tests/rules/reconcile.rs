use std::time::Duration;

use consort_protocol::reconcile::{Command, Life, Observed, ReconcileConfig, Reconciler, Standing, Wanted};
use consort_protocol::time::{Chance, Intensity, Moment};
use proptest::prelude::*;

use crate::seed;

const DOWN: Observed = Observed { life: Life::Down, ready: true, quarantined: false };

fn second(second: u64) -> Moment {
    Moment::after_start(Duration::from_secs(second))
}

fn reconciler(services: &[&'static str]) -> Reconciler<&'static str> {
    let mut reconciler = Reconciler::new(ReconcileConfig::default());
    reconciler.handle_wanted(services.iter().map(|service| Wanted { service: *service, enabled: true }).collect());
    reconciler
}

#[test]
fn each_state_of_a_wanted_service_has_its_answer() {
    let seen = |life, ready, quarantined| Observed { life, ready, quarantined };
    let table = [
        (seen(Life::Down, true, false), Standing::Told, Some(Command::Start("a"))),
        (seen(Life::Failed, true, false), Standing::Told, Some(Command::Reset("a"))),
        (seen(Life::Down, false, false), Standing::WaitsForDependency, None),
        (seen(Life::Failed, false, false), Standing::WaitsForDependency, None),
        (seen(Life::Down, true, true), Standing::Quarantined, None),
        (seen(Life::Starting, true, false), Standing::Changing, None),
        (seen(Life::Stopping, true, false), Standing::Changing, None),
        (seen(Life::Running, true, false), Standing::Running, None),
        (seen(Life::Running, false, false), Standing::Running, None),
    ];
    for (observed, standing, command) in table {
        let mut reconciler = reconciler(&["a"]);
        let commands = reconciler.handle_tick(second(0), Chance::ZERO, |_| observed);
        assert_eq!(commands, command.into_iter().collect::<Vec<_>>(), "{observed:?}");
        assert_eq!(reconciler.standing(&"a"), Some(standing), "{observed:?}");
    }
}

#[test]
fn disabled_services_are_skipped_and_added_ones_start_at_the_next_tick() {
    let mut reconciler = reconciler(&[]);
    assert!(reconciler.handle_tick(second(0), Chance::ZERO, |_| DOWN).is_empty());
    let wanted = |service, enabled| Wanted { service, enabled };
    reconciler.handle_wanted(vec![wanted("a", false), wanted("b", true)]);
    assert_eq!(reconciler.handle_tick(second(1), Chance::ZERO, |_| DOWN), [Command::Start("b")]);
    assert_eq!(reconciler.standing(&"a"), Some(Standing::Disabled));
    reconciler.handle_wanted(vec![]);
    assert_eq!(reconciler.standing(&"a"), None);
}

#[test]
fn waiting_for_a_dependency_costs_nothing_and_ends_at_the_next_tick() {
    let mut reconciler = reconciler(&["a"]);
    for tick in 0..1_000 {
        let not_ready = Observed { ready: false, ..DOWN };
        assert!(reconciler.handle_tick(second(tick), Chance::ZERO, |_| not_ready).is_empty());
    }
    assert_eq!(reconciler.poll_timeout(), second(1_000));
    assert_eq!(reconciler.handle_tick(second(1_000), Chance::ZERO, |_| DOWN), [Command::Start("a")]);
}

#[test]
fn a_service_that_stays_down_is_started_ever_more_rarely_and_then_given_up_once() {
    let mut reconciler = reconciler(&["a"]);
    let mut starts = Vec::new();
    let mut given_up = Vec::new();
    for tick in 0..200 {
        for command in reconciler.handle_tick(second(tick), Chance::ZERO, |_| DOWN) {
            match command {
                Command::Start("a") => starts.push(tick),
                Command::GiveUp { service: "a", .. } => given_up.push(tick),
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(starts, [0, 2, 4, 6, 8], "each delay is under a second: thought of at one tick, done at the next");
    assert_eq!(given_up.len(), 1);
    assert_eq!(reconciler.standing(&"a"), Some(Standing::GivenUp));
    reconciler.handle_reset(&"a");
    assert_eq!(reconciler.handle_tick(second(200), Chance::ZERO, |_| DOWN), [Command::Start("a")]);
}

#[test]
fn a_service_that_came_up_by_itself_backs_off_when_it_is_down_again() {
    let mut reconciler = reconciler(&["a"]);
    let up = Observed { life: Life::Running, ..DOWN };
    reconciler.handle_tick(second(0), Chance::ZERO, |_| DOWN);
    reconciler.handle_tick(second(1), Chance::ZERO, |_| DOWN);
    reconciler.handle_tick(second(2), Chance::ZERO, |_| up);
    assert!(reconciler.handle_tick(second(3), Chance::ZERO, |_| DOWN).is_empty());
    let until = second(3) + Duration::from_millis(200);
    assert_eq!(reconciler.standing(&"a"), Some(Standing::BackingOff(until)));
}

#[test]
fn a_service_that_is_killed_now_and_then_is_always_started_again() {
    let mut reconciler = reconciler(&["a"]);
    for round in 0..50 {
        let killed = second(round * 100);
        assert_eq!(reconciler.handle_tick(killed, Chance::ZERO, |_| DOWN), [Command::Start("a")], "{round}");
        for tick in 1..=99 {
            let up = Observed { life: Life::Running, ..DOWN };
            assert!(reconciler.handle_tick(second(round * 100 + tick), Chance::ZERO, |_| up).is_empty());
        }
    }
}

fn observed() -> impl Strategy<Value = Observed> {
    let life = prop::sample::select(vec![Life::Down, Life::Down, Life::Failed, Life::Starting, Life::Running]);
    (life, prop::bool::weighted(0.8), prop::bool::weighted(0.1)).prop_map(|(life, ready, quarantined)| Observed {
        life,
        ready,
        quarantined,
    })
}

proptest! {
    #![proptest_config(seed::config())]

    #[test]
    fn only_what_is_down_ready_and_free_is_started_and_never_too_often(
        restarts in 0_u32..5,
        ticks in prop::collection::vec((prop::collection::vec(observed(), 3), 0_u64..4_000, any::<u64>()), 0..80),
    ) {
        let intensity = Intensity { restarts, within: Duration::from_secs(20) };
        let stable_after = Duration::from_secs(5);
        let mut reconciler = Reconciler::new(ReconcileConfig { intensity, stable_after, ..Default::default() });
        reconciler.handle_wanted((0..3).map(|service| Wanted { service, enabled: service != 2 }).collect());
        let (mut now, mut started, mut given_up) = (Moment::START, Vec::new(), Vec::new());
        for (seen, gap, bits) in ticks {
            now = now + Duration::from_millis(gap);
            for command in reconciler.handle_tick(now, Chance::from_bits(bits), |service| seen[*service]) {
                let (service, life) = match command {
                    Command::Start(service) => (service, Some(Life::Down)),
                    Command::Reset(service) => (service, Some(Life::Failed)),
                    Command::GiveUp { service, .. } => (service, None),
                };
                prop_assert!(service != 2 && seen[service].ready && !seen[service].quarantined);
                prop_assert!(!given_up.contains(&service), "started or given up after it was given up");
                match life {
                    Some(life) => {
                        prop_assert_eq!(seen[service].life, life);
                        started.push((service, now));
                    }
                    None => given_up.push(service),
                }
            }
        }
        for (service, from) in &started {
            let window = started.iter().filter(|(other, at)| other == service && at >= from);
            prop_assert!(window.filter(|(_, at)| at.since(*from) <= intensity.within).count() <= restarts as usize);
        }
    }
}
