use std::time::Duration;

use consort_protocol::cluster::members::{MemberState, Report, Standing};

use crate::seed::{MANY, seed};
use crate::simulation::Simulation;

#[test]
fn many_members_join_within_five_seconds_and_are_quiet_then() {
    let mut simulation = Simulation::formed(seed(), MANY);
    let took = simulation.now.since_start();
    assert!(took <= Duration::from_secs(5), "{took:?}");

    simulation.passes(Duration::from_secs(30)); // what is new has been passed on
    (simulation.network.bytes, simulation.busy) = (0, Duration::ZERO);
    let length = 20;
    simulation.passes(Duration::from_secs(length));
    let node_seconds = MANY as u64 * length;
    let bytes = simulation.network.bytes / node_seconds;
    let busy = simulation.busy / node_seconds as u32;
    println!("{MANY} members: joined in {took:?}; a node and second: {bytes} bytes, {busy:?} of a CPU");
    assert!(simulation.is_whole());
    assert!(bytes <= 1_000, "{bytes} bytes a second");
    // The target is 100 µs. What is measured is the time that passed, and others may have had the CPU meanwhile.
    let limit = Duration::from_micros(500);
    assert!(cfg!(debug_assertions) || busy <= limit, "{busy:?} of a CPU a second");
}

#[test]
fn members_join_by_any_seed_and_through_losses() {
    let mut simulation = Simulation::new(seed(), 12);
    simulation.network.loss = 0.1;
    simulation.start(0, &[]);
    for node in 1..12 {
        simulation.start(node, &[node - 1, 11]);
        simulation.passes(Duration::from_millis(200));
    }
    simulation.until(Duration::from_secs(30), Simulation::is_whole);
}

#[test]
fn the_same_seed_takes_the_same_course() {
    let seed = seed();
    let course = || {
        let mut simulation = Simulation::formed(seed, 8);
        simulation.network.loss = 0.2;
        simulation.kill(3);
        simulation.passes(Duration::from_secs(20));
        simulation.start(3, &[5]);
        simulation.passes(Duration::from_secs(20));
        let changes: Vec<_> = simulation.places.into_iter().map(|place| place.changes).collect();
        (changes, simulation.network.bytes)
    };
    assert_eq!(course(), course());
}

#[test]
fn a_cluster_of_one_needs_nobody() {
    let mut simulation = Simulation::new(seed(), 1);
    simulation.start(0, &[]);
    assert_eq!(simulation.looks(0, 0), Some((1, MemberState::Up, Standing::Healthy)));
    simulation.passes(Duration::from_secs(60));
    assert_eq!((simulation.network.bytes, &simulation.places[0].said[..]), (0, &[Report::Formed][..]));
}

#[test]
fn nodes_that_name_only_each_other_wait_until_one_bootstraps() {
    let mut simulation = Simulation::new(seed(), 3);
    for node in 0..3 {
        simulation.start(node, &[0, 1, 2]);
    }
    simulation.passes(Duration::from_secs(60));
    for node in 0..3 {
        assert_eq!(simulation.looks(node, node), Some((1, MemberState::Joining, Standing::Healthy)));
        let said: Vec<_> = simulation.places[node].said.iter().map(ToString::to_string).collect();
        assert!(said[0].ends_with("is this node itself; it is left out"), "{said:?}");
        assert!(said[1].contains("looks for a cluster itself"), "{said:?}");
        assert!(said[1].ends_with("set CONSORT_BOOTSTRAP=on on exactly one"), "{said:?}");
        assert!(said.len() <= 4, "{said:?}");
    }
    simulation.kill(0);
    simulation.config.joining.bootstrap = true;
    simulation.start(0, &[0, 1, 2]);
    simulation.until(Duration::from_secs(15), Simulation::is_whole);
}

#[test]
fn a_seed_that_finds_its_cluster_says_so_to_those_who_wait_for_it() {
    let mut simulation = Simulation::new(seed(), 4);
    for node in 1..4 {
        simulation.start(node, &[node - 1]);
    }
    simulation.passes(Duration::from_secs(60)); // by now each tries every 5 s
    simulation.start(0, &[]);
    let is_up = |simulation: &Simulation| matches!(simulation.looks(1, 1), Some((1, MemberState::Up, _)));
    simulation.until(Duration::from_secs(6), is_up);
    simulation.until(Duration::from_millis(100), Simulation::is_whole);
}

#[test]
fn a_node_that_bootstraps_comes_back_to_the_cluster_that_it_formed() {
    let mut simulation = Simulation::new(seed(), 3);
    simulation.config.joining.bootstrap = true;
    simulation.start(0, &[0, 1, 2]);
    simulation.config.joining.bootstrap = false;
    simulation.start(1, &[0, 1, 2]);
    simulation.start(2, &[0, 1, 2]);
    simulation.until(Duration::from_secs(15), Simulation::is_whole);
    simulation.kill(0);
    simulation.config.joining.bootstrap = true;
    simulation.start(0, &[0, 1, 2]);
    simulation.until(Duration::from_secs(2), Simulation::is_whole);
    let said = &simulation.places[0].said;
    assert!(
        said.iter().any(|report| matches!(report, Report::Joined(_))) && !said.contains(&Report::Formed),
        "{said:?}"
    );
}
