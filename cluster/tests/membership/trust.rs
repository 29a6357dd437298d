use std::sync::Arc;
use std::time::Duration;

use consort_cluster::membership::machine::PacketRefused;
use consort_protocol::cluster::members::{Introduction, MemberState, Meta, Packet, Passport, Standing};

use crate::seed::seed;
use crate::simulation::Simulation;

#[test]
fn gossip_of_an_address_that_cannot_be_reached_never_makes_it_a_target() {
    let mut simulation = Simulation::new(seed(), 4);
    simulation.network.cut([0].into_iter(), [3].into_iter());
    simulation.start(0, &[]);
    for node in 1..4 {
        simulation.start(node, &[0, 1, 2]);
    }
    simulation.passes(Duration::from_secs(60));
    assert!(matches!(simulation.looks(1, 3), Some((1, MemberState::Up, Standing::Healthy))));
    assert_eq!(simulation.looks(0, 3), Some((1, MemberState::Up, Standing::Unverified)));
    let seen = &simulation.places[0].changes;
    assert!(!seen.iter().any(|change| change.member.life == simulation.life(3) && change.member.is_last_resort()));
    simulation.network.cuts.clear();
    simulation.until(Duration::from_secs(31), Simulation::is_whole);
}

#[test]
fn the_word_of_one_that_cannot_be_reached_is_not_enough() {
    let mut simulation = Simulation::formed(seed(), 3);
    simulation.kill(2);
    simulation.network.cuts.insert((0, 2)); // node 0 hears it, and does not reach it
    simulation.start(2, &[1]);
    simulation.passes(Duration::from_secs(1));
    assert_eq!(simulation.looks(0, 2), Some((2, MemberState::Up, Standing::Unverified)));
}

#[test]
fn the_quarantine_of_one_node_is_its_own_matter_and_ends() {
    let mut simulation = Simulation::formed(seed(), 3);
    let life = simulation.life(2);
    simulation.act(0, |machine, now| machine.handle_quarantine(life, Duration::from_secs(10), now));
    simulation.passes(Duration::from_secs(9));
    assert_eq!(simulation.looks(0, 2), Some((1, MemberState::Up, Standing::Quarantined)));
    assert_eq!(simulation.looks(1, 2), Some((1, MemberState::Up, Standing::Healthy)));
    simulation.passes(Duration::from_secs(1));
    assert_eq!(simulation.looks(0, 2), Some((1, MemberState::Up, Standing::Healthy)));
}

#[test]
fn what_a_member_says_of_itself_reaches_all_even_those_who_missed_it() {
    let mut simulation = Simulation::formed(seed(), 4);
    simulation.network.cut([3].into_iter(), [2].into_iter());
    let meta = Meta { zone: "eu-1b".into(), ..Meta::default() };
    simulation.act(3, |machine, now| machine.handle_meta(meta.clone(), now)).unwrap();
    simulation.passes(Duration::from_millis(100));
    let zone = |simulation: &Simulation, from: usize| {
        simulation.seen(from).and_then(|seen| seen.by_life(simulation.life(3)).map(|member| member.meta.zone.clone()))
    };
    assert_eq!(zone(&simulation, 0).as_deref(), Some("eu-1b"));
    assert_eq!(zone(&simulation, 2).as_deref(), Some(""));
    simulation.network.cuts.clear();
    simulation.until(Duration::from_secs(5), |simulation| zone(simulation, 2).as_deref() == Some("eu-1b"));
}

#[test]
fn a_packet_that_names_another_sender_than_its_link_is_refused() {
    let mut simulation = Simulation::formed(seed(), 3);
    let (link, claimed) = (simulation.life(1), simulation.life(2));
    let passport = Passport::new(claimed, simulation.places[2].address.clone());
    let meta = Arc::new(Meta::default());
    let news = Packet::News(Introduction { passport, state: MemberState::Down, edition: 9, meta });
    let mut bytes = vec![];
    news.write(&mut bytes);
    let refused = simulation.act(0, |machine, now| machine.handle_packet(link, &bytes, now));
    assert!(matches!(refused, Err(PacketRefused::Forged { .. })), "{refused:?}");
    assert!(simulation.is_whole());
}

#[test]
fn bytes_that_are_no_packet_change_nothing() {
    let mut simulation = Simulation::formed(seed(), 3);
    let link = simulation.life(1);
    for bytes in [&b""[..], b"\x04", b"\x04\x01\xff", b"\x09nonsense", &[4; 60_001]] {
        let refused = simulation.act(0, |machine, now| machine.handle_packet(link, bytes, now));
        assert!(refused.is_err(), "{bytes:?}");
    }
    assert!(simulation.is_whole());
}
