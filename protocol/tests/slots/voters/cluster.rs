//! A cluster whose voters are chosen, and what may be done to it.

use std::collections::{BTreeMap, BTreeSet};

use consort_protocol::cluster::NodeId;
use consort_protocol::cluster::members::Vote;
use consort_protocol::cluster::voters::{Applicant, Command, Standing, VOTERS_MAX, View, Voters, VotersConfig};
use consort_protocol::time::Moment;

pub(super) fn id(number: u64) -> NodeId {
    NodeId::new(number).unwrap()
}

pub(super) fn seat<const N: usize>(voters: [u64; N]) -> Command {
    Command::Seat(voters.map(id).into())
}

/// A cluster whose control plane does what it is told, as long as a majority of its voters is up.
pub(super) struct Cluster {
    pub(super) voters: Voters,
    pub(super) view: View,
    pub(super) now: Moment,
    changes: Vec<Command>,
}

impl Cluster {
    /// The first of so many nodes holds the control plane.
    pub(super) fn new(nodes: u64) -> Cluster {
        let members = (1..=nodes).map(|node| (id(node), Applicant::default())).collect();
        let view =
            View { leader: id(1), members, voters: [id(1)].into(), learners: BTreeMap::new(), is_changing: false };
        Cluster { voters: Voters::new(VotersConfig::default()), view, now: Moment::START, changes: Vec::new() }
    }

    pub(super) fn zoned(zones: &[&str]) -> Cluster {
        let mut cluster = Cluster::new(zones.len() as u64);
        for (member, zone) in cluster.view.members.values_mut().zip(zones) {
            member.zone = Some((*zone).into());
        }
        cluster
    }

    pub(super) fn set(&mut self, node: u64, standing: Standing) {
        self.view.members.entry(id(node)).or_default().standing = standing;
    }

    pub(super) fn is_up(&self, node: NodeId) -> bool {
        self.view.members.get(&node).is_some_and(|member| member.standing < Standing::Down)
    }

    pub(super) fn has_quorum(&self, voters: &BTreeSet<NodeId>) -> bool {
        voters.iter().filter(|voter| self.is_up(**voter)).count() * 2 > voters.len()
    }

    /// One look; whoever learns has learned if `learned` says so.
    pub(super) fn look(&mut self, learned: impl Fn(NodeId) -> bool) -> Option<Command> {
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

    pub(super) fn execute(&mut self, command: Command) {
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
    pub(super) fn settle(&mut self) -> Vec<Command> {
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

    pub(super) fn voting(&self) -> Vec<u64> {
        self.view.voters.iter().map(|voter| voter.number()).collect()
    }

    /// Whether the control plane could execute it now.
    pub(super) fn is_possible(&self, command: &Command) -> bool {
        let is_possible = match command {
            Command::Add(_) | Command::Remove(_) => true,
            Command::Seat(after) => self.has_quorum(after),
            Command::Yield(node) => self.is_up(*node),
        };
        is_possible && self.has_quorum(&self.view.voters)
    }
}
