//! What holds in every course of events.

use std::time::Duration;

use consort_protocol::cluster::voters::{Standing, VOTERS_MAX};
use proptest::prelude::*;

use super::cluster::{Cluster, id};
use crate::seed;

#[derive(Clone, Copy, Debug)]
enum Turn {
    Set(u64, Standing),
    /// A look, at which those have learned whose bit is set.
    Look(u64),
    Pass(u64),
}

fn turn() -> impl Strategy<Value = Turn> {
    let standing = prop_oneof![
        8 => Just(Standing::Up),
        4 => Just(Standing::Down),
        2 => Just(Standing::Leaving),
        1 => Just(Standing::Gone),
    ];
    prop_oneof![
        2 => (1..10_u64, standing).prop_map(|(node, standing)| Turn::Set(node, standing)),
        6 => any::<u64>().prop_map(Turn::Look),
        2 => (0..90_u64).prop_map(Turn::Pass),
    ]
}

proptest! {
    #![proptest_config(seed::config())]

    /// `execute` checks each command.
    #[test]
    fn no_change_ever_costs_the_quorum_and_in_the_end_enough_vote(
        nodes in 1..8_u64, zones in proptest::collection::vec("[abc]", 10), course in proptest::collection::vec(turn(), 1..80),
    ) {
        let mut cluster = Cluster::new(nodes);
        for turn in course {
            match turn {
                Turn::Set(node, standing) => {
                    cluster.set(node, standing);
                    let zone = zones[node as usize].as_str().into();
                    cluster.view.members.get_mut(&id(node)).unwrap().zone = Some(zone);
                }
                // A command that waits may have lost its quorum since: then it fails.
                Turn::Look(learned) => match cluster.voters.poll_command() {
                    Some(command) if cluster.is_possible(&command) => cluster.execute(command),
                    Some(_) => cluster.voters.handle_failed(cluster.now),
                    None => _ = cluster.look(|node| learned >> node.number() & 1 == 1),
                },
                Turn::Pass(secs) => cluster.now = cluster.now + Duration::from_secs(secs),
            }
        }
        if cluster.voters.poll_command().is_some() {
            cluster.voters.handle_failed(cluster.now);
        }
        (1..10).for_each(|node| cluster.set(node, Standing::Up));
        cluster.settle();
        prop_assert_eq!(cluster.view.voters.len(), VOTERS_MAX);
        prop_assert!(cluster.view.learners.is_empty());
    }

    #[test]
    fn nodes_that_die_one_after_the_other_never_take_the_quorum_along(
        nodes in 3..12_u64, dying in proptest::collection::vec(any::<prop::sample::Index>(), 0..9),
    ) {
        let mut cluster = Cluster::new(nodes);
        cluster.settle();
        for (died, next) in dying.into_iter().enumerate() {
            let alive: Vec<u64> = (1..=nodes).filter(|node| cluster.is_up(id(*node))).collect();
            if alive.len() <= 2 {
                break;
            }
            cluster.set(*next.get(&alive), Standing::Down);
            prop_assert!(cluster.has_quorum(&cluster.view.voters), "after {died} more");
            cluster.settle();
        }
    }
}
