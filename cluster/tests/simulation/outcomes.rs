//! Outcomes of calls that only a network brings about which goes wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use consort_cluster::Planted;
use consort_protocol::cluster::Life;

use crate::course::{Course, HOSTS, Setting, run_with};
use crate::faults::{Fault, Plan, plan};
use crate::history::{At, Events, Ring, Told};
use crate::machine::Still;
use crate::rules::broken;
use crate::seeded::alone;

/// Courses of which one shows it.
const COURSES: u64 = 8;

fn apart(one: &'static str, other: &'static str, from: u64, to: u64) -> Plan {
    plan(Fault::Apart(one, other), from, to)
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

/// The activations of each key whose handlers began on this node in that time.
fn activations(events: &Events, life: Life, is_in_time: impl Fn(At) -> bool) -> BTreeMap<u32, BTreeSet<u64>> {
    let mut activations = BTreeMap::<u32, BTreeSet<u64>>::new();
    for run in events.runs.iter().filter(|run| run.life == life && is_in_time(run.from)) {
        activations.entry(run.key).or_default().insert(run.activation);
    }
    activations
}

/// Nobody else can have been given its keys: it goes on with what it was doing, however late.
#[test]
fn a_node_that_decides_alone_keeps_its_actors_however_long_it_stands_still() {
    alone(|| {
        let pause = |still, from| plan(Fault::Pause(HOSTS[0], still), from, from + 8);
        let plans = [pause(Still::Stopped, 1), pause(Still::Suspended, 11)];
        let course = run_with(&Setting { has_one_voter: true, ..Setting::new(0, &plans) });
        assert_eq!(broken(&course), [""; 0]);
        let events = course.history.events();
        let (life, from, to) = (events.pauses[0].life, events.pauses[0].from, events.pauses[1].to.unwrap());
        let (before, after) = (activations(&events, life, |at| at < from), activations(&events, life, |at| at > to));
        // keys that nobody happened to call are in neither
        let goes_on = |(key, lived): (&u32, &BTreeSet<u64>)| before.get(key).is_none_or(|before| before == lived);
        assert!(!after.is_empty() && after.iter().all(goes_on), "{before:?}, then {after:?}");
    });
}
