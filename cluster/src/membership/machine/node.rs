use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use consort_protocol::cluster::members::roster::Command as RosterCommand;
use consort_protocol::cluster::members::{
    Address, Cause, Introduction, Joining, MemberState, Members, Meta, Packet, Passport, Roster, joining,
};
use consort_protocol::time::{Chance, Moment};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use super::Output;
use crate::membership::MembershipConfig;
use crate::membership::swim::{Event, Swim};

/// Membership of one node, to be driven. See the [module](super).
pub struct Machine {
    pub(super) me: Introduction,
    pub(super) swim: Swim,
    pub(super) roster: Roster,
    pub(super) joining: Joining,
    pub(super) outputs: VecDeque<Output>,
    rng: SmallRng,
}

impl Machine {
    /// A node that starts at `now`. Without seeds it is a cluster of one at once. `seed` is for its random numbers; two
    /// nodes should not have the same.
    pub fn new(
        config: &MembershipConfig,
        passport: Passport,
        meta: Meta,
        has_seeds: bool,
        seed: u64,
        now: Moment,
    ) -> Self {
        let mut rng = SmallRng::seed_from_u64(seed);
        let meta = Arc::new(meta);
        let me = Introduction { passport, state: MemberState::Joining, edition: 1, meta };
        let mut machine = Machine {
            swim: Swim::new(config.probing, &me.passport, SmallRng::from_rng(&mut rng)),
            roster: Roster::new(config.roster, &me),
            joining: Joining::new(config.joining, has_seeds, now),
            outputs: VecDeque::new(),
            me,
            rng,
        };
        machine.settle(now);
        machine
    }

    /// When to call [`handle_timeout`](Self::handle_timeout); never, once the node has left.
    pub fn poll_timeout(&self) -> Option<Moment> {
        if self.me.state == MemberState::Down {
            return None;
        }
        let timeouts = [self.swim.poll_timeout(), self.roster.poll_timeout(), self.joining.poll_timeout()];
        timeouts.into_iter().flatten().min()
    }

    /// The next thing to be done or told.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// All members, as of now.
    pub fn snapshot(&self) -> Members {
        self.roster.snapshot()
    }

    /// The revision of [`snapshot`](Self::snapshot).
    pub fn revision(&self) -> u64 {
        self.roster.revision()
    }

    /// Whether the cluster began with this node, whoever has joined it since.
    pub fn has_formed(&self) -> bool {
        self.joining.has_formed()
    }

    /// This node, as it introduces itself.
    pub fn me(&self) -> &Introduction {
        &self.me
    }

    pub(super) fn chance(&mut self) -> Chance {
        Chance::from_bits(self.rng.next_u64())
    }

    pub(super) fn send(&mut self, to: &Address, packet: &Packet<'_>) {
        let mut bytes = Vec::with_capacity(128);
        packet.write(&mut bytes);
        self.outputs.push_back(Output::Send { to: to.clone(), packet: bytes.into() });
    }

    fn say_hello(&mut self, dialled: Address) {
        let hello = Packet::Hello { dialled: dialled.clone(), introduction: self.me.clone() };
        self.send(&dialled, &hello);
    }

    /// Says what is new of this node, to itself and to all others.
    pub(super) fn change_me(&mut self, cause: Cause, now: Moment, change: impl FnOnce(&mut Introduction)) {
        change(&mut self.me);
        self.me.edition = self.me.edition.saturating_add(1);
        self.roster.handle_me(&self.me, cause, now);
        let news = Packet::News(self.me.clone());
        let mut bytes = Vec::with_capacity(128);
        news.write(&mut bytes);
        let packet = Bytes::from(bytes);
        let me = self.me.passport.life;
        let others = self.roster.snapshot();
        // Also to those who look for a cluster: they may have waited for this node to find it.
        let living = others.iter().filter(|member| member.life != me && member.state != MemberState::Down);
        for member in living {
            self.outputs.push_back(Output::Send { to: member.address.clone(), packet: packet.clone() });
        }
    }

    /// Lets the three parts react to each other until nothing is left to be done at this moment.
    ///
    /// It comes to an end: an event of gossip is reacted to once, and each reaction only puts packets out.
    pub(super) fn settle(&mut self, now: Moment) {
        loop {
            if let Some(event) = self.swim.poll_event() {
                self.on_event(event, now);
            } else if let Some(command) = self.joining.poll_command() {
                self.on_joining(command, now);
            } else if let Some(command) = self.roster.poll_command() {
                self.on_roster(command, now);
            } else if self.roster.poll_timeout().is_some_and(|due| due <= now) {
                let chance = self.chance();
                self.roster.handle_timeout(now, chance);
            } else {
                break;
            }
        }
        while let Some((to, payload)) = self.swim.poll_payload() {
            // Gossip asks those that are down whether they live: earlier passports of this node itself among them.
            if to != self.me.passport.address {
                self.send(&to, &Packet::Gossip { edition: self.me.edition, payload: &payload });
            }
        }
    }

    fn on_event(&mut self, event: Event, now: Moment) {
        let chance = self.chance();
        match event {
            Event::Up(passport) => self.roster.handle_heard(&passport, now, chance),
            Event::Down(passport, ending) => self.roster.handle_down(&passport, ending, now),
            Event::Suspicion(life, suspected) => self.roster.handle_suspicion(life, suspected, now),
            Event::Company(by) => {
                self.joining.handle_company(&by);
                self.become_up(Cause::Introduced, now);
            }
            Event::Alone => self.joining.handle_lost(now),
            Event::Renewed(passport) => self.change_me(Cause::Returned, now, |me| me.passport = passport),
        }
    }

    fn on_joining(&mut self, command: joining::Command, now: Moment) {
        match command {
            joining::Command::Discover => self.outputs.push_back(Output::Discover),
            joining::Command::Knock(address) => self.say_hello(address),
            joining::Command::Join(passport) => {
                // Both only write packets of a few dozen bytes; what cannot be written is tried again with the next
                // knock.
                let _ = self.swim.join(&passport, now);
            }
            joining::Command::Form => self.become_up(Cause::Introduced, now),
            joining::Command::Say(report) => self.outputs.push_back(Output::Say(report)),
        }
    }

    fn on_roster(&mut self, command: RosterCommand, now: Moment) {
        match command {
            RosterCommand::Hello(passport) => self.say_hello(passport.address),
            RosterCommand::DeclareDown(passport) => {
                // If it cannot be written, the probes find out.
                let _ = self.swim.declare_down(&passport, now);
            }
            RosterCommand::Tell(change) => self.outputs.push_back(Output::Change(change)),
        }
    }

    fn become_up(&mut self, cause: Cause, now: Moment) {
        if self.me.state == MemberState::Joining {
            self.change_me(cause, now, |me| me.state = MemberState::Up);
            self.vouch_for_all(now);
        }
    }

    /// Gossip is told of those whom this node met while it looked for its cluster, so that it watches them; or it knows
    /// better by now.
    fn vouch_for_all(&mut self, now: Moment) {
        for passport in self.roster.present() {
            match self.swim.ending(&passport) {
                Some(ending) => self.roster.handle_down(&passport, ending, now),
                // what cannot be written is told with the next introduction
                None => drop(self.swim.vouch(&passport, now)),
            }
        }
    }
}
