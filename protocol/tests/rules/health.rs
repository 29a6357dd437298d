use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::time::Duration;

use consort_protocol::health::{
    BeatConfig, Beats, Cause, Command, Condition, Health, HealthConfig, Hold, Sign, Transition,
};
use consort_protocol::time::Moment;
use proptest::prelude::*;

use crate::seed;

fn at(ms: u64) -> Moment {
    Moment::after_start(Duration::from_millis(ms))
}

fn late() -> Sign {
    Sign::Late(Duration::from_secs(5))
}

fn health() -> Health<&'static str> {
    Health::new(HealthConfig::default())
}

/// What is told, as texts, and what is restarted.
fn drain(health: &mut Health<&'static str>) -> Vec<String> {
    let mut told = Vec::new();
    while let Some(command) = health.poll_command() {
        match command {
            Command::Tell(Transition { to, cause, .. }) => {
                let to = match to {
                    Condition::Quarantined { until } => format!("quarantined until {:?}", until.since_start()),
                    other => format!("{other:?}").to_lowercase(),
                };
                told.push(format!("{to}: {cause}"));
            }
            Command::Probe(_) => {}
            Command::Restart(_) => told.push("restart".into()),
        }
    }
    told
}

/// Lets time pass up to `ms`, without missing a timeout.
fn pass(health: &mut Health<&'static str>, ms: u64) -> Vec<String> {
    while let Some(due) = health.poll_timeout().filter(|due| *due <= at(ms)) {
        health.handle_timeout(due);
    }
    drain(health)
}

#[test]
fn a_hung_activation_is_suspect_then_quarantined_then_dead_then_restarted() {
    let mut health = health();
    health.handle_sign(&"a", late(), at(0));
    assert_eq!(drain(&mut health), ["suspect: a handler has run for 5s, past its deadline"]);
    assert_eq!(pass(&mut health, 60), ["quarantined until 1.05s: it was suspect for 50ms"]);
    assert!(!health.condition(&"a").accepts_calls() && health.condition(&"b").accepts_calls());
    assert!(pass(&mut health, 1_049).is_empty());
    assert_eq!(pass(&mut health, 1_050), ["dead: no sign of life in quarantine", "restart"]);
    health.handle_restarted(&"a", at(1_060));
    assert_eq!(drain(&mut health), ["healthy: it was started again"]);
}

#[test]
fn quarantine_comes_within_100_ms_of_the_missed_deadline() {
    assert!(HealthConfig::default().suspect_for <= Duration::from_millis(100));
}

#[test]
fn quarantines_grow_on_repeat_and_are_forgiven_after_calm() {
    let mut health = health();
    let mut round = |from: u64| {
        health.handle_sign(&"a", late(), at(from));
        let length = match pass(&mut health, from + 50).last() {
            Some(text) => text.clone(),
            None => panic!("not quarantined"),
        };
        health.handle_sign(&"a", Sign::Progress, at(from + 60));
        pass(&mut health, from + 60);
        length
    };
    assert!(round(0).contains("1.05s"));
    assert!(round(10_000).contains("12.05s"), "2 s");
    assert!(round(20_000).contains("24.05s"), "4 s");
    assert!(round(321_000).contains("322.05s"), "forgiven after 5 minutes");
}

#[test]
fn slow_is_not_dead() {
    let mut health = health();
    health.handle_sign(&"a", late(), at(0));
    pass(&mut health, 50);
    health.handle_sign(&"a", Sign::Alive, at(500));
    assert_eq!(pass(&mut health, 1_050), ["quarantined until 3.05s: slow, but alive"]);
    health.handle_sign(&"a", Sign::Progress, at(2_000));
    assert_eq!(drain(&mut health), ["healthy: it made progress"]);
}

#[test]
fn each_quarantine_asks_for_a_sign_of_life_of_its_own() {
    let mut health = health();
    health.handle_sign(&"a", late(), at(0));
    pass(&mut health, 50);
    health.handle_sign(&"a", Sign::Alive, at(500));
    pass(&mut health, 1_050);
    assert_eq!(pass(&mut health, 3_050), ["dead: no sign of life in quarantine", "restart"]);
}

#[test]
fn what_is_slow_for_too_many_quarantines_is_dead_after_all() {
    let mut health = Health::new(HealthConfig { slow_rounds_max: 2, ..Default::default() });
    health.handle_sign(&"a", late(), at(0));
    let mut told = Vec::new();
    for ms in (0..20_000).step_by(50) {
        told.extend(pass(&mut health, ms));
        health.handle_sign(&"a", Sign::Alive, at(ms));
    }
    assert_eq!(told.iter().filter(|text| text.ends_with("slow, but alive")).count(), 2);
    assert_eq!(&told[told.len() - 2..], ["dead: slow for too many quarantines in a row", "restart"]);
}

#[test]
fn each_complaint_is_cured_by_what_disproves_it() {
    let silent = || Sign::Silent(Duration::from_secs(2));
    let failing = || Sign::ProbeFailed("no database".into());
    let table = [
        (late(), [(Sign::Alive, false), (Sign::Beat, false), (Sign::Progress, true), (Sign::ProbePassed, true)]),
        (silent(), [(Sign::Alive, false), (Sign::Beat, true), (Sign::Progress, true), (Sign::ProbePassed, true)]),
        (failing(), [(Sign::Alive, false), (Sign::Beat, false), (Sign::Progress, false), (Sign::ProbePassed, true)]),
    ];
    for (complaint, cures) in table {
        for (sign, cured) in cures {
            let mut health = health();
            health.handle_sign(&"a", complaint.clone(), at(0));
            health.handle_sign(&"a", sign.clone(), at(1));
            let expected = if cured { Condition::Healthy } else { Condition::Suspect };
            assert_eq!(health.condition(&"a"), expected, "{complaint:?}, then {sign:?}");
        }
    }
}

#[test]
fn every_open_complaint_has_to_be_cured() {
    let mut health = health();
    health.handle_sign(&"a", Sign::Silent(Duration::from_secs(2)), at(0));
    health.handle_sign(&"a", Sign::ProbeFailed("no database".into()), at(1));
    health.handle_sign(&"a", Sign::Beat, at(2));
    assert_eq!(health.condition(&"a"), Condition::Suspect);
    health.handle_sign(&"a", Sign::ProbePassed, at(3));
    assert_eq!(health.condition(&"a"), Condition::Healthy);
}

#[test]
fn what_ends_in_quarantine_is_restarted_when_that_is_over() {
    let mut health = health();
    assert_eq!(health.handle_exit(&"a", at(0)), Hold::Free);
    health.handle_sign(&"a", late(), at(0));
    pass(&mut health, 50);
    assert_eq!(health.handle_exit(&"a", at(100)), Hold::Until(at(1_050)));
    health.handle_sign(&"a", Sign::Progress, at(200)); // of the one that has ended
    assert!(pass(&mut health, 1_049).is_empty());
    assert_eq!(pass(&mut health, 1_050), ["dead: it ended", "restart"]);
}

#[test]
fn what_ends_as_a_suspect_is_left_to_its_supervisor() {
    let mut health = health();
    health.handle_sign(&"a", late(), at(0));
    drain(&mut health);
    assert_eq!(health.handle_exit(&"a", at(10)), Hold::Free);
    assert_eq!(drain(&mut health), ["dead: it ended"]);
}

#[test]
fn who_is_not_well_is_probed_at_an_even_pace() {
    let mut health = health();
    health.handle_sign(&"a", late(), at(0));
    let mut probes = 0;
    while let Some(due) = health.poll_timeout().filter(|due| *due < at(1_050)) {
        health.handle_timeout(due);
        while let Some(command) = health.poll_command() {
            probes += u32::from(command == Command::Probe("a"));
        }
    }
    assert_eq!(probes, 11, "at 0, 100, … 1000 ms");
}

#[test]
fn the_healthy_are_not_remembered_and_the_sick_are_limited() {
    let patients_max = NonZeroUsize::new(1).unwrap();
    let mut health = Health::new(HealthConfig { patients_max, ..Default::default() });
    health.handle_sign(&"a", Sign::Progress, at(0));
    assert!(health.is_quiet());
    health.handle_sign(&"a", late(), at(0));
    health.handle_sign(&"b", late(), at(0));
    assert_eq!(health.condition(&"b"), Condition::Healthy, "heard once there is room");
    health.handle_gone(&"a");
    health.handle_sign(&"b", late(), at(1));
    assert_eq!(health.condition(&"b"), Condition::Suspect);
}

#[test]
fn silence_is_a_complaint_for_each_missed_beat_and_ends_with_a_beat() {
    let mut beats = Beats::new(BeatConfig::default());
    beats.handle_beat(&"a", at(0));
    beats.handle_beat(&"b", at(500));
    let silent = |seconds| Sign::Silent(Duration::from_secs(seconds));
    assert!(beats.handle_timeout(at(1_999)).is_empty());
    assert_eq!(beats.handle_timeout(at(2_000)), [("a", silent(2))]);
    beats.handle_beat(&"b", at(2_100));
    assert_eq!(beats.handle_timeout(at(3_000)), [("a", silent(3))]);
    assert!(beats.is_silent(&"a", at(3_000)) && !beats.is_silent(&"b", at(3_000)));
    beats.handle_gone(&"a");
    assert_eq!(beats.poll_timeout(), Some(at(4_100)));
}

#[derive(Clone, Debug)]
enum Event {
    Seen(usize, usize),
    Exit(usize),
    Restarted(usize),
    Wait(u64),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        4 => (0..3_usize, 0..7_usize).prop_map(|(subject, sign)| Event::Seen(subject, sign)),
        1 => (0..3_usize).prop_map(Event::Exit),
        1 => (0..3_usize).prop_map(Event::Restarted),
        3 => (0_u64..2_000).prop_map(Event::Wait),
    ];
    prop::collection::vec(event, 0..150)
}

fn sign(number: usize) -> Sign {
    let silent = Sign::Silent(Duration::from_secs(2));
    let failed = Sign::ProbeFailed("x".into());
    [late(), silent, failed, Sign::Alive, Sign::Beat, Sign::Progress, Sign::ProbePassed][number].clone()
}

proptest! {
    #![proptest_config(seed::config())]

    #[test]
    fn any_course_of_signs_keeps_the_rules(events in events()) {
        let config = HealthConfig { forgive_after: Duration::from_secs(100_000), ..Default::default() };
        let (mut health, mut now) = (Health::new(config), Moment::START);
        let mut known: BTreeMap<usize, Condition> = BTreeMap::new();
        let mut longest: BTreeMap<usize, Duration> = BTreeMap::new();
        for event in events {
            match event {
                Event::Seen(subject, number) => health.handle_sign(&subject, sign(number), now),
                Event::Exit(subject) => {
                    let quarantined = matches!(health.condition(&subject), Condition::Quarantined { .. });
                    prop_assert_eq!(health.handle_exit(&subject, now) == Hold::Free, !quarantined);
                }
                // An executor restarts the dead only, or those that ended as suspects, which are dead too.
                Event::Restarted(subject) if health.condition(&subject) != Condition::Dead => {}
                Event::Restarted(subject) => health.handle_restarted(&subject, now),
                Event::Wait(ms) => {
                    now = now + Duration::from_millis(ms);
                    health.handle_timeout(now);
                }
            }
            while let Some(command) = health.poll_command() {
                match command {
                    Command::Tell(Transition { subject, from, to, cause, at }) => {
                        let before = known.insert(subject, to).unwrap_or_default();
                        prop_assert_eq!(before, from, "transitions are a chain");
                        prop_assert_eq!(at, now);
                        if let (Condition::Quarantined { until }, Condition::Dead) = (from, to) {
                            prop_assert!(until <= now, "dead before its quarantine was over");
                        }
                        if let Condition::Quarantined { until } = to {
                            let length = until.since(now);
                            let before = longest.insert(subject, length).unwrap_or_default();
                            let grown = length > before || length == config.quarantine_max;
                            prop_assert!(grown && length <= config.quarantine_max, "{:?} {:?}", before, length);
                        }
                        prop_assert!(to != Condition::Dead || cause != Cause::Slow);
                    }
                    Command::Restart(subject) => {
                        prop_assert_eq!(known[&subject], Condition::Dead, "restarted in quarantine");
                    }
                    Command::Probe(subject) => {
                        let probed = matches!(known[&subject], Condition::Suspect | Condition::Quarantined { .. });
                        prop_assert!(probed, "a probe of {:?}", known[&subject]);
                    }
                }
            }
            for (subject, condition) in &known {
                prop_assert_eq!(health.condition(subject), *condition, "a change was not told");
            }
        }
        for subject in 0..3 {
            health.handle_sign(&subject, Sign::ProbePassed, now);
        }
        // Whoever ended in quarantine dies at its end; all dead are restarted; in the end nobody is remembered.
        for _ in 0..100 {
            now = health.poll_timeout().unwrap_or(now).max(now);
            health.handle_timeout(now);
            (0..3).for_each(|subject| if health.condition(&subject) == Condition::Dead {
                health.handle_restarted(&subject, now);
            });
        }
        prop_assert!(health.is_quiet() && health.poll_timeout().is_none());
    }
}
