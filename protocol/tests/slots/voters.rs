use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use consort_protocol::cluster::NodeId;
use consort_protocol::cluster::members::Vote;
use consort_protocol::cluster::voters::{Applicant, Command, Standing, VOTERS_MAX, View, Voters, VotersConfig};
use consort_protocol::time::Moment;
use proptest::prelude::*;

use crate::seed;

fn id(number: u64) -> NodeId {
    NodeId::new(number).unwrap()
}

/// A cluster whose control plane does what it is told, as long as a majority of its voters is up.
struct Cluster {
    voters: Voters,
    view: View,
    now: Moment,
    changes: Vec<Command>,
}

impl Cluster {
    /// The first of so many nodes holds the control plane.
    fn new(nodes: u64) -> Cluster {
        let members = (1..=nodes).map(|node| (id(node), Applicant::default())).collect();
        let view =
            View { leader: id(1), members, voters: [id(1)].into(), learners: BTreeMap::new(), is_changing: false };
        Cluster { voters: Voters::new(VotersConfig::default()), view, now: Moment::START, changes: Vec::new() }
    }

    fn zoned(zones: &[&str]) -> Cluster {
        let mut cluster = Cluster::new(zones.len() as u64);
        for (member, zone) in cluster.view.members.values_mut().zip(zones) {
            member.zone = Some((*zone).into());
        }
        cluster
    }

    fn set(&mut self, node: u64, standing: Standing) {
        self.view.members.entry(id(node)).or_default().standing = standing;
    }

    fn is_up(&self, node: NodeId) -> bool {
        self.view.members.get(&node).is_some_and(|member| member.standing < Standing::Down)
    }

    fn has_quorum(&self, voters: &BTreeSet<NodeId>) -> bool {
        voters.iter().filter(|voter| self.is_up(**voter)).count() * 2 > voters.len()
    }

    /// One look; whoever learns has learned if `learned` says so.
    fn look(&mut self, learned: impl Fn(NodeId) -> bool) -> Option<Command> {
        for (learner, knows) in &mut self.view.learners {
            *knows |= learned(*learner);
        }
        if !self.is_up(self.view.leader) || !self.view.voters.contains(&self.view.leader) {
            let alive = self.view.voters.iter().find(|voter| self.is_up(**voter));
            self.view.leader = alive.copied().unwrap_or(self.view.leader);
        }
        self.voters.handle_view(self.view.clone(), self.now);
        self.voters.handle_timeout(self.now);
        let command = self.voters.poll_command()?;
        self.execute(command.clone());
        Some(command)
    }

    fn execute(&mut self, command: Command) {
        assert!(self.has_quorum(&self.view.voters), "{command:?} without a quorum");
        match &command {
            Command::Yield(node) => {
                assert!(self.view.voters.contains(node) && self.is_up(*node), "{command:?}");
                self.view.leader = *node;
            }
            Command::Add(node) => assert!(self.view.learners.insert(*node, false).is_none()),
            Command::Seat(voters) => self.seat(voters),
            Command::Remove(node) => assert!(self.view.learners.remove(node).is_some()),
        }
        self.changes.push(command);
        self.voters.handle_view(self.view.clone(), self.now);
        self.voters.handle_done(self.now);
    }

    fn seat(&mut self, voters: &BTreeSet<NodeId>) {
        assert!(voters.contains(&self.view.leader), "{voters:?} without the leader");
        assert!(self.has_quorum(voters), "{voters:?} have no quorum");
        let hands_over = voters.len() == 2 && self.view.voters.len() == 1 && !self.is_able(self.view.leader);
        assert!(voters.len() % 2 == 1 || hands_over, "{voters:?} after {:?}", self.view.voters);
        assert!(voters.len() <= VOTERS_MAX);
        for come in voters.difference(&self.view.voters) {
            assert_eq!(self.view.learners.remove(come), Some(true), "{come} has not learned");
        }
        let gone = self.view.voters.difference(voters).map(|node| (*node, self.is_up(*node))).collect::<Vec<_>>();
        self.view.learners.extend(gone);
        self.view.voters.clone_from(voters);
    }

    /// Whether it can go on voting.
    fn is_able(&self, node: NodeId) -> bool {
        let member = self.view.members.get(&node);
        member.is_some_and(|member| member.standing == Standing::Up && member.vote != Vote::Never)
    }

    /// Lets time pass and nothing else happen until nothing changes any more; what was changed.
    fn settle(&mut self) -> Vec<Command> {
        self.changes.clear();
        for _change in 0..100 {
            let before = self.view.clone();
            // What `handle_done` decided is still to be executed.
            while let Some(command) = self.voters.poll_command() {
                self.execute(command);
            }
            self.look(|_| true);
            if self.view == before {
                let Some(next) = self.voters.poll_timeout() else { return self.changes.clone() };
                self.now = self.now.max(next);
            }
        }
        panic!("it never ends: {:?}", self.changes);
    }

    fn voting(&self) -> Vec<u64> {
        self.view.voters.iter().map(|voter| voter.number()).collect()
    }
}

#[test]
fn an_odd_number_votes_up_to_five() {
    for (nodes, voters) in [(1, 1), (2, 1), (3, 3), (4, 3), (5, 5), (6, 5), (9, 5)] {
        let mut cluster = Cluster::new(nodes);
        cluster.settle();
        assert_eq!(cluster.view.voters.len(), voters, "of {nodes}");
        assert!(cluster.view.learners.is_empty());
    }
}

#[test]
fn nobody_votes_before_it_has_learned_and_never_do_two_for_long() {
    let mut cluster = Cluster::new(3);
    assert_eq!(cluster.look(|_| false), Some(Command::Add(id(2))));
    assert_eq!(cluster.voters.poll_command(), Some(Command::Add(id(3))));
    cluster.execute(Command::Add(id(3)));
    assert_eq!(cluster.look(|node| node == id(2)), None, "two voters would be worse than one");
    assert_eq!(cluster.look(|_| true), Some(seat([1, 2, 3])));
    assert_eq!(cluster.voters.poll_command(), None);
}

#[test]
fn from_one_odd_number_it_goes_to_the_next_at_once() {
    let mut cluster = Cluster::new(5);
    (2..=5).for_each(|node| _ = cluster.view.learners.insert(id(node), false));
    assert_eq!(cluster.look(|node| node == id(2)), None);
    assert_eq!(cluster.look(|node| node < id(4)), Some(seat([1, 2, 3])));
    assert_eq!(cluster.look(|node| node == id(4)), None, "four would be worse than three");
    assert_eq!(cluster.look(|_| true), Some(seat([1, 2, 3, 4, 5])));
    cluster.set(4, Standing::Leaving);
    assert_eq!(cluster.look(|_| true), Some(seat([1, 2, 3])), "and back in the same way");
    assert_eq!(cluster.look(|_| true), None, "node 4 is told on until it has left, and node 5 may be needed");
    cluster.set(2, Standing::Leaving);
    assert_eq!(cluster.look(|_| true), Some(seat([1, 3, 5])));
    cluster.set(3, Standing::Leaving);
    assert_eq!(cluster.look(|_| true), Some(seat([1])));
}

#[test]
fn a_leader_that_leaves_four_others_hands_over_among_three() {
    let mut cluster = Cluster::new(6);
    cluster.settle();
    cluster.set(1, Standing::Leaving);
    let changes = cluster.settle();
    let voters = changes.iter().filter(|change| !matches!(change, Command::Add(_) | Command::Remove(_)));
    let until_six_has_learned = seat([1, 2, 3, 4, 5]);
    let expected = [seat([1, 2, 3]), Command::Yield(id(2)), until_six_has_learned, seat([2, 3, 4, 5, 6])];
    assert!(voters.eq(&expected), "{changes:?}");
}

#[test]
fn of_an_even_number_that_was_left_behind_one_goes() {
    let mut cluster = Cluster::new(2);
    cluster.view.voters = [1, 2].map(id).into();
    assert_eq!(cluster.settle(), [seat([1])]);
    let mut cluster = Cluster::new(4);
    cluster.view.voters = [1, 2, 3, 4].map(id).into();
    assert_eq!(cluster.settle(), [seat([1, 2, 3])]);
}

#[test]
fn a_change_that_was_begun_is_ended_before_anything_else() {
    let mut cluster = Cluster::new(5);
    cluster.view.voters = [1, 2, 3].map(id).into();
    cluster.view.is_changing = true;
    cluster.set(3, Standing::Down);
    cluster.voters.handle_view(cluster.view.clone(), cluster.now);
    assert_eq!(cluster.voters.poll_command(), Some(seat([1, 2, 3])));

    let mut cluster = Cluster::new(3);
    (cluster.view.voters, cluster.view.is_changing) = ([2, 3].map(id).into(), true);
    cluster.voters.handle_view(cluster.view.clone(), cluster.now);
    assert_eq!(cluster.voters.poll_command(), Some(Command::Yield(id(2))), "who will not vote leads no more before");
}

#[test]
fn a_substitute_that_has_not_learned_yet_holds_up_no_other() {
    let mut cluster = Cluster::new(7);
    cluster.settle();
    cluster.set(4, Standing::Leaving);
    cluster.set(5, Standing::Leaving);
    while cluster.view.learners.len() < 2 {
        cluster.look(|_| false);
    }
    assert_eq!(cluster.look(|node| node == id(6)), Some(seat([1, 2, 3, 4, 6])));
    assert_eq!(cluster.look(|_| true), Some(seat([1, 2, 3, 6, 7])));
}

fn seat<const N: usize>(voters: [u64; N]) -> Command {
    Command::Seat(voters.map(id).into())
}

#[test]
fn voters_are_spread_over_the_zones() {
    let mut cluster = Cluster::zoned(&["a", "a", "a", "a", "b", "b", "c"]);
    cluster.settle();
    assert_eq!(cluster.voting(), [1, 2, 5, 6, 7]);
    let mut cluster = Cluster::zoned(&["a", "a", "b", "c"]);
    cluster.settle();
    assert_eq!(cluster.voting(), [1, 3, 4]);
}

#[test]
fn a_witness_makes_two_nodes_three_and_votes_only_where_it_is_needed() {
    let witness = Applicant { vote: Vote::Witness, ..Applicant::default() };
    let mut cluster = Cluster::new(2);
    cluster.view.members.insert(id(3), witness.clone());
    cluster.settle();
    assert_eq!(cluster.voting(), [1, 2, 3]);
    let mut cluster = Cluster::new(4);
    cluster.view.members.insert(id(2), witness);
    cluster.settle();
    assert_eq!(cluster.voting(), [1, 3, 4]);
}

#[test]
fn who_never_votes_does_so_only_until_anybody_else_can() {
    let never = Applicant { vote: Vote::Never, ..Applicant::default() };
    let mut cluster = Cluster::new(1);
    cluster.view.members.insert(id(1), never.clone());
    assert_eq!(cluster.settle(), [], "it has founded the cluster, and there is nobody else");
    cluster.view.members.insert(id(2), never);
    assert_eq!(cluster.settle(), []);
    cluster.set(3, Standing::Up);
    let instead = [Command::Add(id(3)), seat([1, 3]), Command::Yield(id(3)), seat([3]), Command::Remove(id(1))];
    assert_eq!(cluster.settle(), instead);
    cluster.set(4, Standing::Up);
    cluster.set(5, Standing::Up);
    cluster.settle();
    assert_eq!(cluster.voting(), [3, 4, 5]);
}

#[test]
fn who_votes_goes_on_voting_when_others_come() {
    let mut cluster = Cluster::zoned(&["a", "a", "a"]);
    cluster.settle();
    for node in 4..9 {
        cluster.set(node, Standing::Up);
    }
    cluster.settle();
    assert!([1, 2, 3].iter().all(|node| cluster.voting().contains(node)));
    cluster.set(9, Standing::Up);
    assert_eq!(cluster.settle(), []);
}

#[test]
fn who_is_back_in_time_keeps_its_place_and_who_is_not_is_replaced() {
    let mut cluster = Cluster::new(4);
    cluster.settle();
    cluster.set(2, Standing::Down);
    assert_eq!(cluster.look(|_| true), None);
    assert_eq!(cluster.voters.poll_timeout(), Some(cluster.now + Duration::from_secs(60)));
    cluster.now = cluster.now + Duration::from_secs(59);
    assert_eq!(cluster.look(|_| true), None);
    cluster.set(2, Standing::Up);
    assert_eq!((cluster.look(|_| true), cluster.voters.poll_timeout()), (None, None));

    cluster.set(2, Standing::Down);
    assert_eq!(cluster.settle(), [Command::Add(id(4)), seat([1, 3, 4]), Command::Remove(id(2))]);
}

#[test]
fn who_leaves_is_replaced_at_once_and_the_leader_by_who_follows_it() {
    let mut cluster = Cluster::new(5);
    cluster.view.members.remove(&id(5));
    cluster.settle();
    cluster.set(1, Standing::Leaving);
    assert_eq!(cluster.look(|_| true), Some(Command::Yield(id(2))));
    assert_eq!(cluster.settle(), [Command::Add(id(4)), seat([2, 3, 4])]);
    cluster.set(2, Standing::Leaving);
    cluster.set(3, Standing::Leaving);
    cluster.settle();
    assert_eq!(cluster.voting(), [4], "two would both be needed");
}

#[test]
fn a_leader_that_leaves_has_another_one_lead_before_it_is_removed() {
    let mut cluster = Cluster::new(3);
    cluster.settle();
    cluster.set(1, Standing::Leaving);
    assert_eq!(cluster.settle(), [Command::Yield(id(2)), seat([2])]);
    let mut alone = Cluster::new(1);
    alone.set(1, Standing::Leaving);
    assert_eq!(alone.settle(), [], "there is nobody");
}

#[test]
fn who_leaves_does_not_wait_for_a_voter_that_is_down() {
    let mut cluster = Cluster::new(3);
    cluster.settle();
    cluster.set(2, Standing::Down);
    assert_eq!(cluster.look(|_| true), None, "it may be back soon");
    cluster.set(3, Standing::Leaving);
    assert_eq!(cluster.settle(), [seat([1]), Command::Remove(id(2))], "with both gone nothing could be decided");

    let mut cluster = Cluster::new(4);
    cluster.settle();
    cluster.set(2, Standing::Down);
    cluster.set(3, Standing::Leaving);
    let before = cluster.now;
    assert_eq!(cluster.look(|_| true), Some(Command::Add(id(4))));
    while cluster.voting() != [1, 2, 4] {
        cluster.look(|_| true);
    }
    assert_eq!(cluster.now, before, "there is a substitute: who is down is waited for as before");
}

#[test]
fn who_will_not_come_back_is_replaced_at_once() {
    let mut cluster = Cluster::new(3);
    cluster.settle();
    cluster.set(2, Standing::Gone);
    cluster.set(4, Standing::Up);
    let before = cluster.now;
    while cluster.voting() != [1, 3, 4] {
        cluster.look(|_| true);
    }
    assert_eq!(cluster.now, before);
}

#[test]
fn of_three_voters_of_which_one_is_down_none_is_removed() {
    let mut cluster = Cluster::new(3);
    cluster.settle();
    cluster.set(3, Standing::Down);
    assert_eq!(cluster.settle(), [], "there would be one copy of everything");
    cluster.set(4, Standing::Up);
    cluster.settle();
    assert_eq!(cluster.voting(), [1, 2, 4]);
}

#[test]
fn without_a_majority_nothing_is_commanded() {
    let mut cluster = Cluster::new(7);
    cluster.settle();
    let voting = cluster.voting();
    voting[..3].iter().for_each(|node| cluster.set(*node, Standing::Down));
    assert_eq!(cluster.settle(), []);
}

#[test]
fn a_change_that_failed_is_tried_again_later() {
    let mut voters = Voters::new(VotersConfig::default());
    let at = |secs| Moment::after_start(Duration::from_secs(secs));
    voters.handle_view(Cluster::new(3).view, at(0));
    assert_eq!(voters.poll_command(), Some(Command::Add(id(2))));
    voters.handle_failed(at(1));
    voters.handle_view(Cluster::new(3).view, at(1));
    assert_eq!((voters.poll_command(), voters.poll_timeout()), (None, Some(at(2))));
    voters.handle_timeout(at(2));
    assert_eq!(voters.poll_command(), Some(Command::Add(id(2))));
}

#[test]
fn a_learner_that_is_gone_is_replaced_by_another() {
    let mut cluster = Cluster::new(4);
    assert_eq!(cluster.look(|_| false), Some(Command::Add(id(2))));
    cluster.execute(Command::Add(id(3)));
    cluster.set(2, Standing::Down);
    cluster.settle();
    assert_eq!(cluster.voting(), [1, 3, 4]);
}

#[test]
fn who_leaves_while_it_learns_is_told_until_it_has_left_and_others_learn_on() {
    let mut cluster = Cluster::new(3);
    cluster.execute(Command::Add(id(2)));
    cluster.voters.poll_command();
    cluster.execute(Command::Add(id(3)));
    cluster.voters.poll_command();
    cluster.set(3, Standing::Leaving);
    assert_eq!(cluster.settle(), [], "and node 2 has learned when it is needed");
    cluster.set(3, Standing::Gone);
    assert_eq!(cluster.settle(), [Command::Remove(id(3))]);
    cluster.set(4, Standing::Up);
    assert_eq!(cluster.settle(), [Command::Add(id(4)), seat([1, 2, 4])]);
}

#[test]
fn no_more_learn_than_may_vote() {
    let mut cluster = Cluster::new(9);
    cluster.settle();
    cluster.voters.poll_command();
    cluster.execute(Command::Add(id(9)));
    assert_eq!(cluster.settle(), [Command::Remove(id(9))]);
}

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

impl Cluster {
    /// Whether the control plane could execute it now.
    fn is_possible(&self, command: &Command) -> bool {
        let is_possible = match command {
            Command::Add(_) | Command::Remove(_) => true,
            Command::Seat(after) => self.has_quorum(after),
            Command::Yield(node) => self.is_up(*node),
        };
        is_possible && self.has_quorum(&self.view.voters)
    }
}
