use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use super::entry::Entry;
use super::{Command, RosterConfig};
use crate::cluster::members::{Address, Cause, Introduction, Member, MemberState, Members, Meta, Passport, Standing};
use crate::cluster::{Life, NodeId};
use crate::time::{Chance, Moment, Timers};

/// How a life came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It said that it leaves.
    Left,
    /// It was declared down.
    Declared,
}

/// What is to be done for a member at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    Hello,
    Release,
    Forget,
}

/// What one node knows of all others, and of itself. See the [module](super) for the rules.
///
/// Report with `handle_*`, execute [`poll_command`](Self::poll_command) until it is empty, and call
/// [`handle_timeout`](Self::handle_timeout) at [`poll_timeout`](Self::poll_timeout).
#[derive(Clone, Debug)]
pub struct Roster {
    pub(super) config: RosterConfig,
    pub(super) revision: u64,
    pub(super) me: Arc<Member>,
    /// What is known of one who has not introduced itself; shared by all of them.
    pub(super) nothing: Arc<Meta>,
    pub(super) entries: BTreeMap<NodeId, Entry>,
    /// Who claims each address; more than one only until one of them is reached there.
    pub(super) claims: BTreeMap<Address, BTreeSet<NodeId>>,
    pub(super) timers: Timers<(NodeId, Due)>,
    pub(super) commands: VecDeque<Command>,
}

impl Roster {
    /// Knows this node only.
    pub fn new(config: RosterConfig, me: &Introduction) -> Self {
        Roster {
            config,
            revision: 1,
            me: Arc::new(member_of(me)),
            nothing: Arc::new(Meta::default()),
            entries: BTreeMap::new(),
            claims: BTreeMap::new(),
            timers: Timers::new(),
            commands: VecDeque::new(),
        }
    }

    /// This node itself has changed.
    pub fn handle_me(&mut self, me: &Introduction, cause: Cause, now: Moment) {
        let member = Arc::new(member_of(me));
        if *self.me != *member {
            let before = Some((self.me.state, self.me.standing));
            self.me = member.clone();
            self.tell(before, member, cause, now);
        }
    }

    /// Gossip tells of a member that is up. `chance` spreads the hellos of many.
    pub fn handle_heard(&mut self, passport: &Passport, now: Moment, chance: Chance) {
        if self.admit(passport, now) {
            self.change(passport.life, Cause::HeardOf, now, |entry| entry.join(passport));
            self.want_hello(passport.life.id, now + self.spread(chance));
        }
    }

    /// A member said hello, or news of itself.
    pub fn handle_introduction(&mut self, introduction: &Introduction, now: Moment, chance: Chance) {
        if self.take(introduction, Cause::Introduced, now, |_| {}) {
            self.want_hello(introduction.passport.life.id, now + self.spread(chance));
        }
    }

    /// A member answered this node's hello.
    pub fn handle_welcome(&mut self, introduction: &Introduction, now: Moment) {
        let was_verified = self.entries.get(&introduction.passport.life.id).is_some_and(|entry| entry.verified);
        if self.take(introduction, Cause::Answered, now, Entry::reached) && !was_verified {
            self.evict_from(&introduction.passport, now);
        }
    }

    /// A packet of a member shows which edition of its introduction is the latest.
    pub fn handle_edition(&mut self, life: Life, edition: u32, now: Moment) {
        if let Some(entry) = self.entries.get_mut(&life.id).filter(|entry| entry.passport.life == life)
            && entry.newest < edition
        {
            entry.newest = edition;
            self.want_hello(life.id, now);
        }
    }

    /// Gossip suspects a member, or no longer does.
    pub fn handle_suspicion(&mut self, life: Life, suspected: bool, now: Moment) {
        if self.living(life).is_some() {
            let cause = if suspected { Cause::Suspected } else { Cause::Refuted };
            self.change(life, cause, now, |entry| entry.suspected = suspected);
        }
    }

    /// Gossip says that a member is gone: with this passport, and so with every earlier one, also if this node has not
    /// heard of this one before.
    pub fn handle_down(&mut self, passport: &Passport, ending: Ending, now: Moment) {
        let cause = match ending {
            Ending::Left => Cause::Left,
            Ending::Declared => Cause::DeclaredDown,
        };
        let known = self.entries.get(&passport.life.id);
        if !known.is_some_and(|entry| entry.state != MemberState::Down && !entry.passport.replaces(passport)) {
            return;
        }
        // the life that is known may be an earlier one
        self.admit(passport, now);
        if let Some(entry) = self.entries.get_mut(&passport.life.id) {
            entry.passport.renewal = passport.renewal;
        }
        self.end(passport.life, cause, now);
    }

    /// The transport has a link to this life: its hello came back.
    pub fn handle_link_up(&mut self, life: Life, now: Moment) {
        if self.living(life).is_some() {
            self.change(life, Cause::LinkUp, now, |entry| (entry.verified, entry.link_lost) = (true, false));
        }
    }

    /// The transport lost its link to this life. It is suspect until it answers; whether it is down, gossip says.
    pub fn handle_link_lost(&mut self, life: Life, now: Moment) {
        if self.living(life).is_some() {
            self.change(life, Cause::LinkLost, now, |entry| entry.link_lost = true);
            self.want_hello(life.id, now);
        }
    }

    /// Nothing goes to this member for so long. Zero ends a quarantine.
    pub fn handle_quarantine(&mut self, life: Life, length: Duration, now: Moment) {
        if self.living(life).is_none() {
            return;
        }
        if length.is_zero() {
            self.release(life, now);
        } else {
            self.timers.set(&(life.id, Due::Release), now + length);
            self.change(life, Cause::Quarantined, now, |entry| entry.quarantined = true);
        }
    }

    /// Something is due: see [`poll_timeout`](Self::poll_timeout).
    pub fn handle_timeout(&mut self, now: Moment, chance: Chance) {
        while let Some((id, due)) = self.timers.pop_due(now) {
            let Some(entry) = self.entries.get(&id) else { continue };
            let (life, state) = (entry.passport.life, entry.state);
            match (due, state) {
                (Due::Hello, _) => self.say_hello(id, now, chance),
                (Due::Release, _) => self.release(life, now),
                (Due::Forget, MemberState::Down) => self.forget(id),
                (Due::Forget, MemberState::Joining) => self.end(life, Cause::Silent, now),
                // It found its cluster, or came back from the dead.
                (Due::Forget, MemberState::Up | MemberState::Leaving) => {}
            }
        }
    }

    /// When to call [`handle_timeout`](Self::handle_timeout).
    pub fn poll_timeout(&self) -> Option<Moment> {
        self.timers.next()
    }

    /// The next thing to be done or told.
    pub fn poll_command(&mut self) -> Option<Command> {
        self.commands.pop_front()
    }

    /// The revision of [`snapshot`](Self::snapshot).
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Whether this passport is taken for down. Its bearer may live, and should be told.
    pub fn is_taken_for_down(&self, passport: &Passport) -> bool {
        let known = self.entries.get(&passport.life.id);
        known.is_some_and(|entry| entry.state == MemberState::Down && !entry.left && entry.passport == *passport)
    }

    /// Where those were reached who are down and did not leave: they may have been cut off only.
    pub fn lost(&self) -> Vec<Address> {
        let lost = self.entries.values().filter(|entry| entry.state == MemberState::Down && !entry.left);
        lost.map(|entry| entry.passport.address.clone()).collect()
    }

    /// Who belongs to the cluster besides this node.
    pub fn present(&self) -> Vec<Passport> {
        let is_present = |entry: &&Entry| matches!(entry.state, MemberState::Up | MemberState::Leaving);
        self.entries.values().filter(is_present).map(|entry| entry.passport.clone()).collect()
    }

    /// Everyone, as of now.
    pub fn snapshot(&self) -> Members {
        let others = self.entries.values().filter_map(|entry| entry.told.clone());
        Members::new(self.revision, self.me.life, others.chain([self.me.clone()]))
    }
}

/// A node is always well to itself.
fn member_of(me: &Introduction) -> Member {
    Member {
        life: me.passport.life,
        address: me.passport.address.clone(),
        state: me.state,
        standing: Standing::Healthy,
        meta: me.meta.clone(),
    }
}
