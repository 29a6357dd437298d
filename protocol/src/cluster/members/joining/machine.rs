use std::collections::VecDeque;

use super::seeds::Seeds;
use super::{JoiningConfig, Report, Seed, Trouble};
use crate::cluster::members::{Address, Introduction, MemberState, Passport};
use crate::time::{Chance, Moment};

/// What is to be done so that a node finds its cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Find the seeds and their addresses, and report them with [`Joining::handle_seeds`].
    Discover,
    /// Say hello at this address.
    Knock(Address),
    /// Ask this member to be let in; report with [`Joining::handle_company`] once there is company.
    Join(Passport),
    /// This node is a cluster of one.
    Form,
    /// Say this to whoever runs the node.
    Say(Report),
}

/// Where the search stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Search {
    /// It has no cluster yet.
    Looking,
    /// It has a cluster, and lost sight of all others of it.
    Lost,
    /// It has its cluster.
    Over,
}

/// The search of one node for its cluster. See the [module](super) for the rules.
#[derive(Clone, Debug)]
pub struct Joining {
    config: JoiningConfig,
    search: Search,
    has_formed: bool,
    seeds: Seeds,
    tries: u32,
    began: Moment,
    next_try: Option<Moment>,
    /// Before this moment nothing is said again.
    silent_until: Moment,
    commands: VecDeque<Command>,
}

impl Joining {
    /// A node that has seeds looks for them; one that has none forms a cluster.
    pub fn new(config: JoiningConfig, has_seeds: bool, now: Moment) -> Self {
        let mut joining = Joining {
            config,
            search: Search::Looking,
            has_formed: false,
            seeds: Seeds::default(),
            tries: 0,
            began: now,
            next_try: has_seeds.then_some(now),
            silent_until: now + config.patience,
            commands: VecDeque::new(),
        };
        if !has_seeds {
            joining.form();
        }
        joining
    }

    /// What the seeds are at the moment, after [`Command::Discover`]. A node that lost the others looks for `lost` too:
    /// where they were reached last. Once there is nobody to be looked for, it is alone, and its search is over.
    pub fn handle_seeds(&mut self, mut found: Vec<Seed>, lost: Vec<Address>) {
        if self.search == Search::Lost && lost.is_empty() {
            (self.search, self.next_try) = (Search::Over, None);
        }
        if self.search == Search::Over {
            return;
        }
        found.extend(lost.into_iter().map(|address| Seed { entry: address.to_string(), addresses: Ok(vec![address]) }));
        for address in self.seeds.take(found, self.tries) {
            self.commands.push_back(Command::Knock(address));
        }
    }

    /// Somebody answered at an address. With a cluster it lets this node in.
    pub fn handle_welcome(&mut self, dialled: &Address, introduction: &Introduction) {
        match introduction.state {
            _ if self.search == Search::Over => {}
            MemberState::Joining => {
                self.seeds.note(dialled, Trouble::NoCluster(introduction.passport.life));
            }
            MemberState::Up | MemberState::Leaving => {
                self.commands.push_back(Command::Join(introduction.passport.clone()));
            }
            MemberState::Down => {}
        }
    }

    /// Nobody was reached at an address.
    pub fn handle_unreachable(&mut self, address: &Address, why: &str) {
        if self.search != Search::Over {
            self.seeds.note(address, Trouble::Unreachable(why.to_owned()));
        }
    }

    /// This node itself answered at an address.
    pub fn handle_own(&mut self, address: &Address) {
        if self.seeds.note(address, Trouble::OwnAddress) {
            self.commands.push_back(Command::Say(Report::OwnAddress(address.clone())));
        }
    }

    /// Gossip has company: this node is in the cluster of `by`.
    pub fn handle_company(&mut self, by: &Passport) {
        let search = std::mem::replace(&mut self.search, Search::Over);
        self.next_try = None;
        if search != Search::Over {
            self.commands.push_back(Command::Say(Report::Joined(by.life)));
        }
    }

    /// Gossip has lost sight of everyone: they may be gone, or this node is cut off. It looks for them again, and stays
    /// what it is meanwhile.
    pub fn handle_lost(&mut self, now: Moment) {
        if self.search == Search::Over {
            (self.search, self.tries) = (Search::Lost, 0);
            (self.began, self.next_try, self.silent_until) = (now, Some(now), now + self.config.patience);
        }
    }

    /// Something is due: see [`poll_timeout`](Self::poll_timeout).
    pub fn handle_timeout(&mut self, now: Moment, chance: Chance) {
        if self.next_try.is_none_or(|next| now < next) {
            return;
        }
        let since = now.since(self.began);
        if self.search == Search::Looking && self.config.bootstrap && since >= self.config.bootstrap_after {
            self.form();
            return;
        }
        if now >= self.silent_until {
            self.silent_until = now + self.config.say_every;
            let (seeds, lost) = (self.seeds.troubles(), self.search == Search::Lost);
            self.commands.push_back(Command::Say(Report::Nobody { since, seeds, lost }));
        }
        self.tries = self.tries.saturating_add(1);
        self.next_try = Some(now + self.config.tries.delay(self.tries, chance));
        self.commands.push_back(Command::Discover);
    }

    /// When to call [`handle_timeout`](Self::handle_timeout).
    pub fn poll_timeout(&self) -> Option<Moment> {
        self.next_try
    }

    /// The next thing to be done.
    pub fn poll_command(&mut self) -> Option<Command> {
        self.commands.pop_front()
    }

    /// Whether this node has a cluster, be it of one.
    pub fn has_cluster(&self) -> bool {
        self.search != Search::Looking
    }

    /// Whether the cluster began with this node, whoever has joined it since.
    pub fn has_formed(&self) -> bool {
        self.has_formed
    }

    fn form(&mut self) {
        self.has_formed = true;
        (self.search, self.next_try) = (Search::Over, None);
        self.commands.extend([Command::Form, Command::Say(Report::Formed)]);
    }
}
