//! Bugs that are planted, and the rules that notice them.

use std::time::Duration;

use consort_cluster::Planted;

use crate::course::run_with;
use crate::faults::{Fault, Plan};
use crate::rules::broken;

fn plan(fault: Fault, from: u64, to: u64) -> Plan {
    Plan { fault, from: Duration::from_secs(from), to: Duration::from_secs(to) }
}

/// Some course with these faults breaks this rule.
fn is_noticed(bug: Planted, faults: &[Plan], rule: &str) {
    for seed in 0..3 {
        let broken = broken(&run_with(seed, Some(bug), faults));
        println!("  {broken:?}");
        if broken.iter().any(|broken| broken.starts_with(rule)) {
            return;
        }
    }
    panic!("{bug:?} was not noticed");
}

const ONE_WRITER: &str = "one writer";

#[test]
#[ignore = "half a minute each; not seen to be noticed yet"]
fn a_skipped_epoch_check_is_noticed() {
    is_noticed(Planted::SkippedEpochCheck, &[], ONE_WRITER);
}

#[test]
#[ignore = "half a minute each; not seen to be noticed yet"]
fn a_slot_that_is_opened_before_its_release_is_noticed() {
    is_noticed(Planted::OpenedBeforeRelease, &[plan(Fault::Crash("c"), 1, 2)], ONE_WRITER);
}

#[test]
#[ignore = "half a minute each; not seen to be noticed yet"]
fn a_hand_off_without_drain_is_noticed() {
    is_noticed(Planted::HandOffWithoutDrain, &[plan(Fault::Crash("c"), 1, 2)], ONE_WRITER);
}

#[test]
#[ignore = "half a minute: run it with --ignored"]
fn a_lease_that_is_never_fenced_is_noticed() {
    is_noticed(Planted::LeaseNeverFenced, &[plan(Fault::Partition("c"), 1, 19)], ONE_WRITER);
}

#[test]
#[ignore = "half a minute each; not seen to be noticed yet"]
fn what_comes_twice_after_a_lost_connection_is_noticed() {
    let faults =
        [plan(Fault::Loss(30), 0, 20), plan(Fault::OneWay("a", "b"), 1, 7), plan(Fault::OneWay("b", "c"), 9, 15)];
    is_noticed(Planted::DuplicateAfterReconnect, &faults, "a message runs once");
}

#[test]
#[ignore = "half a minute each; not seen to be noticed yet"]
fn a_tell_that_is_sent_again_is_noticed() {
    let faults = [plan(Fault::OneWay("b", "a"), 1, 9), plan(Fault::OneWay("c", "b"), 11, 19)];
    is_noticed(Planted::TellSentAgain, &faults, "a message runs once");
}

#[test]
#[ignore = "half a minute each; not seen to be noticed yet"]
fn a_maybe_that_is_called_a_no_is_noticed() {
    let faults = [plan(Fault::Crash("c"), 1, 3), plan(Fault::OneWay("b", "a"), 8, 16)];
    is_noticed(Planted::NotRunSaidOfMaybe, &faults, "what is said not to have run");
}

#[test]
#[ignore = "half a minute each; not seen to be noticed yet"]
fn a_table_that_is_kept_too_long_is_noticed() {
    is_noticed(Planted::StaleTableKept, &[plan(Fault::Crash("c"), 1, 3)], "after healing");
}
