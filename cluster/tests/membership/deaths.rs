use std::time::Duration;

use consort_cluster::membership::machine::Machine;
use consort_protocol::cluster::members::{Cause, MemberState};

use crate::seed::{MANY, seed};
use crate::simulation::{Place, Simulation};

/// A death takes: until somebody probes it (each member is probed twice a second on average, by whom is left to chance),
/// a probe, the time that a suspect has, and the spreading of the news. In one of a thousand courses it is longer.
const DOWN_WITHIN: Duration = Duration::from_millis(7_000);

#[test]
fn a_killed_member_is_down_with_all_others_in_time_and_nobody_else_is() {
    for nodes in [2, 3, 10, MANY] {
        let mut simulation = Simulation::formed(seed(), nodes);
        simulation.passes(Duration::from_secs(5));
        simulation.kill(nodes - 1);
        let took = simulation.until(DOWN_WITHIN, |simulation| simulation.is_down(nodes - 1));
        println!("{nodes} members: down with all after {took:?}");
        assert!(took >= simulation.config.probing.suspect_for, "{took:?} leaves no time to refute");
        assert!(simulation.is_whole());
        let cause = simulation.places[0].changes.last().map(|change| change.cause);
        assert_eq!(cause, Some(Cause::DeclaredDown));
    }
}

#[test]
fn a_member_that_restarts_is_known_in_its_new_life_at_once() {
    for nodes in [2, 3, 30] {
        let mut simulation = Simulation::formed(seed(), nodes);
        simulation.passes(Duration::from_secs(5));
        simulation.kill(1);
        simulation.passes(Duration::from_millis(20));
        simulation.start(1, &[0]);
        let took = simulation.until(Duration::from_millis(250), Simulation::is_whole);
        println!("{nodes} members: the new life is known to all after {took:?}");
        let replaced = Cause::Replaced(simulation.life(1));
        assert!(simulation.places[0].changes.iter().any(|change| change.cause == replaced));
    }
}

#[test]
fn the_node_that_others_have_as_their_seed_may_restart_too() {
    let mut simulation = Simulation::formed(seed(), 5);
    simulation.kill(0);
    simulation.start(0, &[3]); // without seeds it would form a cluster of its own
    simulation.until(Duration::from_millis(250), Simulation::is_whole);
}

#[test]
fn nobody_is_declared_down_while_a_tenth_of_all_packets_is_lost() {
    let mut simulation = Simulation::formed(seed(), 20);
    simulation.network.loss = 0.1;
    for place in &mut simulation.places {
        place.changes.clear();
    }
    simulation.passes(Duration::from_secs(120));
    let deaths = |place: &Place| place.changes.iter().filter(|change| change.member.state == MemberState::Down).count();
    assert_eq!(simulation.places.iter().map(deaths).sum::<usize>(), 0);
}

#[test]
fn a_node_that_was_stopped_for_long_suspects_nobody_when_it_wakes_and_comes_back() {
    let mut simulation = Simulation::formed(seed(), 5);
    simulation.passes(Duration::from_secs(2));
    let frozen = simulation.places[4].machine.take();
    simulation.until(DOWN_WITHIN, |simulation| simulation.is_down(4));
    simulation.passes(Duration::from_secs(5));
    simulation.places[4].machine = frozen;
    simulation.places[4].changes.clear();
    simulation.act(4, Machine::handle_timeout);
    let took = simulation.until(Duration::from_secs(10), Simulation::is_whole);
    println!("back after {took:?}");
    let suspected = |cause: Cause| matches!(cause, Cause::Suspected | Cause::DeclaredDown);
    let causes: Vec<_> = simulation.places[4].changes.iter().map(|change| change.cause).collect();
    assert!(!causes.iter().any(|cause| suspected(*cause)), "{causes:?}");
    let returned = simulation.places[0].changes.iter().any(|change| change.cause == Cause::Returned);
    assert!(returned); // in the same life: its process never ended
}
