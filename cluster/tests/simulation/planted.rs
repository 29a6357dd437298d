//! Bugs that are planted, and the rules that notice them.

use std::time::Duration;

use consort_cluster::Planted;

use crate::course::{Setting, WORK, run_with};
use crate::faults::{Fault, Plan, plan};
use crate::machine::Still;
use crate::rules::broken;
use crate::seeded::alone;

/// Courses that a bug may hide in.
const COURSES: u64 = 8;

/// Longer than a slot is on its way: what moves finds a handler running.
const LONG_WORK: Duration = Duration::from_millis(400);

const ONE_WRITER: &str = "one writer";
const ONCE: &str = "a message runs once";

/// Some course with these faults breaks this rule.
fn is_noticed(bug: Planted, plans: &[Plan], work: Duration, rule: &str) {
    for seed in 0..COURSES {
        let course = run_with(&Setting { bug: Some(bug), work, ..Setting::new(seed, plans) });
        let broken = broken(&course);
        println!("  {broken:?}");
        if broken.iter().any(|broken| broken.starts_with(rule)) {
            return;
        }
    }
    panic!("{bug:?} was not noticed");
}

#[test]
fn a_skipped_epoch_check_is_noticed() {
    alone(|| is_noticed(Planted::SkippedEpochCheck, &[], WORK, ONE_WRITER));
}

#[test]
fn a_slot_that_is_opened_before_its_release_is_noticed() {
    alone(|| is_noticed(Planted::OpenedBeforeRelease, &[plan(Fault::Crash("c"), 1, 4)], LONG_WORK, ONE_WRITER));
}

#[test]
fn a_hand_off_without_drain_is_noticed() {
    alone(|| is_noticed(Planted::HandOffWithoutDrain, &[plan(Fault::Crash("c"), 1, 4)], LONG_WORK, ONE_WRITER));
}

#[test]
fn a_lease_that_is_never_fenced_is_noticed() {
    alone(|| is_noticed(Planted::LeaseNeverFenced, &[plan(Fault::Partition("c"), 1, 8)], WORK, ONE_WRITER));
}

/// Each node stands still once.
fn pauses(still: Still) -> [Plan; 3] {
    [("c", 1), ("b", 8), ("a", 15)].map(|(host, from)| plan(Fault::Pause(host, still), from, from + 4))
}

#[test]
fn a_lease_by_a_clock_that_stands_is_noticed() {
    alone(|| is_noticed(Planted::LeaseClockStands, &pauses(Still::Suspended), WORK, ONE_WRITER));
}

#[test]
fn a_call_that_is_let_in_without_a_look_at_the_clock_is_noticed() {
    alone(|| is_noticed(Planted::LeaseLookedAtSeldom, &pauses(Still::Stopped), WORK, ONE_WRITER));
}

#[test]
fn what_comes_twice_after_a_lost_connection_is_noticed() {
    alone(|| {
        let faults = [
            plan(Fault::OneWay("b", "a"), 1, 4),
            plan(Fault::OneWay("c", "a"), 6, 9),
            plan(Fault::OneWay("c", "b"), 11, 14),
        ];
        is_noticed(Planted::DuplicateAfterReconnect, &faults, WORK, ONCE);
    });
}

#[test]
fn an_ask_that_is_sent_again_though_it_may_have_arrived_is_noticed() {
    alone(|| is_noticed(Planted::MaybeSentAgain, &[plan(Fault::OneWay("b", "a"), 1, 7)], WORK, ONCE));
}

#[test]
fn a_maybe_that_is_called_a_no_is_noticed() {
    alone(|| {
        let faults = [plan(Fault::OneWay("b", "a"), 1, 9)];
        is_noticed(Planted::NotRunSaidOfMaybe, &faults, WORK, "what is said not to have run");
    });
}

#[test]
fn watches_that_stay_behind_when_their_actors_move_are_noticed() {
    alone(|| is_noticed(Planted::BondsLeftBehind, &[], WORK, "who watches is told"));
}

#[test]
fn a_table_that_is_kept_too_long_is_noticed() {
    alone(|| is_noticed(Planted::StaleTableKept, &[plan(Fault::Crash("a"), 1, 3)], WORK, "after healing"));
}
