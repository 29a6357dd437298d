//! Outcomes of calls that only a network brings about which goes wrong.

use std::time::Duration;

use consort_cluster::Planted;

use crate::course::{Course, HOSTS, Setting, run_with};
use crate::faults::{Fault, Plan};
use crate::history::{Ring, Told};
use crate::rules::broken;
use crate::seeded::alone;

/// Courses of which one shows it.
const COURSES: u64 = 8;

fn apart(one: &'static str, other: &'static str, from: u64, to: u64) -> Plan {
    Plan { fault: Fault::Apart(one, other), from: Duration::from_secs(from), to: Duration::from_secs(to) }
}

/// What the senders of a course were told of owners that they did not reach.
fn unreached(course: &Course) -> Vec<String> {
    let events = course.history.events();
    let told = events.sent.iter().filter_map(|sent| match &sent.end {
        Some((_, Told::NotRun(why))) if why.contains("[C0081]") => Some(why.clone()),
        _ => None,
    });
    told.collect()
}

/// Who leads reaches both: they stay members and keep their keys.
#[test]
fn a_call_whose_owner_is_a_member_and_is_not_reached_has_not_run_and_says_which_node_it_is() {
    alone(|| {
        for seed in 0..COURSES {
            let plans = [apart("b", "c", 1, 50)];
            // longer than a call is held
            let course = run_with(&Setting { patience: Duration::from_secs(40), ..Setting::new(seed, &plans) });
            // that none of them has run is one of the rules
            assert_eq!(broken(&course), [""; 0]);
            let unreached = unreached(&course);
            if !unreached.is_empty() {
                let ids = [201_u64, 301].map(|id| format!("node {id:016x} cannot be reached"));
                assert!(unreached.iter().all(|why| ids.iter().any(|id| why.contains(id))), "{unreached:?}");
                return;
            }
        }
        panic!("every owner was reached");
    });
}

/// The calls of actors that were refused because another node has their keys by now.
fn fenced(course: &Course) -> Vec<Ring> {
    let rings = &course.history.events().rings;
    let is_fenced = |ring: &&Ring| matches!(&ring.told, Some(Err(why)) if why.contains("[C0084]"));
    rings.iter().filter(is_fenced).cloned().collect()
}

/// One that leads and another node do not hear each other. What that one had is given to the third, which hears both.
#[test]
fn a_call_of_an_actor_whose_key_another_node_has_by_now_is_refused_by_the_node_it_goes_to_and_does_not_run() {
    alone(|| {
        let [a, b, c] = [HOSTS[0], HOSTS[1], HOSTS[2]];
        let plans = [apart(a, c, 1, 7), apart(b, c, 9, 15), apart(a, b, 17, 23)];
        // nothing else keeps an old owner from acting
        let bug = Some(Planted::LeaseNeverFenced);
        for seed in 0..COURSES {
            let course = run_with(&Setting { bug, has_bells: true, ..Setting::new(seed, &plans) });
            let fenced = fenced(&course);
            if !fenced.is_empty() {
                assert!(fenced.iter().all(|ring| !ring.has_rung), "{fenced:?}");
                return;
            }
        }
        panic!("no old owner was refused");
    });
}
