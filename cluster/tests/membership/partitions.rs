use std::time::Duration;

use consort_cluster::membership::machine::Machine;
use consort_protocol::cluster::members::MemberState;

use crate::seed::seed;
use crate::simulation::Simulation;

/// Splits a cluster into those below `border` and the others, until each side has given up the other, and heals it.
///
/// A node that is cut off alone has to probe all others itself, one in each period.
fn split(simulation: &mut Simulation, border: usize) {
    let nodes = simulation.places.len();
    simulation.network.cut(0..border, border..nodes);
    let alone = simulation.config.probing.every * nodes as u32;
    let took = simulation.until(Duration::from_secs(8) + alone, |simulation| {
        let all = 0..nodes;
        let pairs = all.clone().flat_map(|from| all.clone().map(move |of| (from, of)));
        let mut across = pairs.filter(|(from, of)| (*from < border) != (*of < border));
        across.all(|(from, of)| matches!(simulation.looks(from, of), Some((_, MemberState::Down, _))))
    });
    println!("{border} of {nodes} members: given up after {took:?}");
    simulation.network.cuts.clear();
}

#[test]
fn a_partition_heals_and_all_are_back_in_the_lives_they_had() {
    for (nodes, border) in [(2, 1), (3, 1), (5, 2), (60, 30), (60, 1)] {
        let mut simulation = Simulation::formed(seed(), nodes);
        split(&mut simulation, border);
        let took = simulation.until(Duration::from_secs(10), Simulation::is_whole);
        println!("{border} of {nodes} members: whole after {took:?}");
    }
}

#[test]
fn who_died_during_a_partition_does_not_come_back_with_its_healing() {
    let mut simulation = Simulation::formed(seed(), 6);
    simulation.network.cut(0..3, 3..6);
    simulation.passes(Duration::from_secs(10));
    simulation.kill(5);
    simulation.passes(Duration::from_secs(10));
    for place in &mut simulation.places {
        place.changes.clear();
    }
    simulation.network.cuts.clear();
    simulation.until(Duration::from_secs(30), Simulation::is_whole);
    simulation.passes(Duration::from_secs(60));
    let dead = simulation.life(5);
    for index in simulation.running() {
        let trusted = simulation.places[index].changes.iter().any(|change| {
            change.member.life == dead && (change.member.is_last_resort() || change.member.state == MemberState::Up)
        });
        assert!(!trusted, "node {index} took the dead one for alive");
    }
}

#[test]
fn who_died_just_before_the_healing_gets_no_traffic_from_the_other_side() {
    let mut simulation = Simulation::formed(seed(), 6);
    simulation.network.cut(0..3, 3..6);
    simulation.passes(Duration::from_secs(20));
    simulation.kill(5); // its own side still has it for healthy when the sides meet
    for place in &mut simulation.places[..3] {
        place.changes.clear();
    }
    simulation.network.cuts.clear();
    simulation.until(Duration::from_secs(30), Simulation::is_whole);
    let dead = simulation.life(5);
    for index in 0..3 {
        let mut changes = simulation.places[index].changes.iter().filter(|change| change.member.life == dead);
        assert!(!changes.any(|change| change.member.is_last_resort()), "node {index} would have called the dead one");
    }
}

/// Whether this node says of that one that it is down.
fn sees_down(simulation: &Simulation, from: usize, of: usize) -> bool {
    matches!(simulation.looks(from, of), Some((_, MemberState::Down, _)))
}

/// Node 2, which nobody reaches, speaks to node 0, and dies: nobody can tell it any more what was said of it.
fn last_words(simulation: &mut Simulation) {
    simulation.network.cuts.remove(&(2, 0));
    simulation.passes(Duration::from_secs(12)); // who is alone looks for the others every 5 s at least
    simulation.kill(2);
    simulation.until(Duration::from_secs(30), Simulation::is_whole);
}

#[test]
fn who_died_with_a_passport_that_is_down_does_not_come_back_where_its_earlier_one_was_up() {
    let mut simulation = Simulation::formed(seed(), 3);
    let stopped = simulation.places[0].machine.take();
    simulation.network.cut(1..2, 2..3);
    simulation.until(Duration::from_secs(8), |simulation| sees_down(simulation, 1, 2) && sees_down(simulation, 2, 1));
    simulation.network.cuts.clear();
    simulation.until(Duration::from_secs(30), Simulation::is_whole); // with renewed passports
    simulation.network.cut(2..3, 0..2);
    simulation.until(Duration::from_secs(8), |simulation| sees_down(simulation, 1, 2));
    simulation.places[0].machine = stopped;
    simulation.act(0, Machine::handle_timeout);
    simulation.until(Duration::from_secs(30), |simulation| simulation.are_whole(&[0, 1]));
    last_words(&mut simulation);
}

#[test]
fn who_was_cut_off_until_it_was_forgotten_does_not_come_back_with_a_passport_that_is_down() {
    let mut simulation = Simulation::new(seed(), 3);
    let forget_after = std::mem::replace(&mut simulation.config.roster.forget_after, Duration::from_secs(1));
    simulation.start(0, &[]);
    simulation.start(1, &[0]);
    simulation.config.roster.forget_after = forget_after; // it looks for the others longer than they remember it
    simulation.start(2, &[0]);
    simulation.until(Duration::from_secs(5), Simulation::is_whole);
    simulation.network.cut(2..3, 0..2);
    simulation.until(Duration::from_secs(10), |simulation| simulation.looks(0, 2).is_none());
    last_words(&mut simulation);
}

#[test]
fn who_died_while_a_node_looked_for_its_cluster_is_down_for_it_too() {
    let mut simulation = Simulation::new(seed(), 3);
    simulation.start(0, &[]);
    simulation.start(1, &[0]);
    simulation.until(Duration::from_secs(5), Simulation::is_whole);
    simulation.network.cut(1..2, 2..3);
    simulation.start(2, &[0, 1]);
    while simulation.looks(0, 2).is_none() {
        simulation.passes(Duration::from_millis(1));
    }
    simulation.network.cuts.insert((2, 0)); // it hears the answer, and does not get in
    simulation.until(Duration::from_secs(1), |simulation| simulation.looks(2, 0).is_some());
    simulation.kill(0);
    simulation.until(Duration::from_secs(8), |simulation| sees_down(simulation, 1, 0));
    simulation.network.cuts.clear();
    simulation.until(Duration::from_secs(30), Simulation::is_whole);
}

#[test]
fn a_cut_between_two_of_many_makes_nobody_down() {
    let mut simulation = Simulation::formed(seed(), 8);
    simulation.network.cut(0..1, 7..8);
    simulation.passes(Duration::from_secs(60));
    for index in 0..8 {
        let down = simulation.places[index].changes.iter().any(|change| change.member.state == MemberState::Down);
        assert!(!down, "node {index} saw a death");
    }
    assert!(matches!(simulation.looks(1, 7), Some((1, MemberState::Up, _))));
}
