use std::time::Duration;

use consort_cluster::membership::machine::Machine;
use consort_protocol::cluster::members::{Cause, MemberState, Standing};

use crate::seed::{MANY, seed};
use crate::simulation::Simulation;

#[test]
fn one_that_leaves_is_gone_at_once_and_nobody_takes_it_for_dead() {
    let mut simulation = Simulation::formed(seed(), MANY);
    let leaver = MANY / 2;
    simulation.act(leaver, Machine::handle_leaving);
    simulation.passes(Duration::from_millis(50));
    assert_eq!(simulation.looks(0, leaver), Some((1, MemberState::Leaving, Standing::Healthy)));
    simulation.act(leaver, Machine::handle_leave);
    simulation.kill(leaver);
    let took = simulation.until(Duration::from_millis(250), |simulation| simulation.is_down(leaver));
    println!("{MANY} members: gone after {took:?}");
    simulation.passes(Duration::from_secs(10));
    let left = simulation.life(leaver);
    for index in simulation.running() {
        let changes = simulation.places[index].changes.iter().filter(|change| change.member.life == left);
        let causes: Vec<_> = changes.map(|change| change.cause).collect();
        assert!(causes.ends_with(&[Cause::Leaving, Cause::Left]), "{causes:?}");
    }
}

#[test]
fn for_one_that_has_left_nothing_is_due_any_more() {
    let mut simulation = Simulation::formed(seed(), 3);
    let is_due = |simulation: &Simulation| {
        simulation.places[1].machine.as_ref().is_some_and(|machine| machine.poll_timeout().is_some())
    };
    assert!(is_due(&simulation));
    simulation.act(1, Machine::handle_leave);
    assert!(!is_due(&simulation), "or its driver would never rest");
}

#[test]
fn who_hears_of_a_leave_from_others_knows_that_it_was_one() {
    let mut simulation = Simulation::formed(seed(), 4);
    simulation.network.cut([3].into_iter(), [2].into_iter()); // the leaver's own word does not reach node 2
    simulation.act(3, Machine::handle_leave);
    simulation.kill(3);
    simulation.until(Duration::from_secs(1), |simulation| simulation.is_down(3));
    assert_eq!(simulation.places[2].changes.last().map(|change| change.cause), Some(Cause::Left));
}

#[test]
fn the_last_one_is_alone_and_looks_for_nobody_who_left() {
    let mut simulation = Simulation::formed(seed(), 2);
    simulation.act(1, Machine::handle_leave);
    simulation.kill(1);
    simulation.passes(Duration::from_secs(5));
    (simulation.network.bytes, simulation.places[0].said) = (0, vec![]);
    simulation.passes(Duration::from_secs(60));
    assert_eq!((simulation.network.bytes, simulation.places[0].said.len()), (0, 0));
    assert_eq!(simulation.looks(0, 0), Some((1, MemberState::Up, Standing::Healthy)));
}

#[test]
fn who_left_may_come_back_in_its_next_life() {
    let mut simulation = Simulation::formed(seed(), 3);
    simulation.act(2, Machine::handle_leave);
    simulation.kill(2);
    simulation.passes(Duration::from_secs(1));
    simulation.start(2, &[0]);
    simulation.until(Duration::from_millis(250), Simulation::is_whole);
}
