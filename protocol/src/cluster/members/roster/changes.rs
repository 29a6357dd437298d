//! What the inputs of a [`Roster`] have in common: entries that come, change, end and are forgotten.

use std::sync::Arc;
use std::time::Duration;

use super::entry::Entry;
use super::machine::Due;
use super::{Command, Roster};
use crate::cluster::members::{Cause, Introduction, Member, MemberChange, MemberState, Passport, Standing};
use crate::cluster::{Life, NodeId};
use crate::time::{Chance, Moment};

impl Roster {
    /// The member, unless it is down or another life.
    pub(super) fn living(&self, life: Life) -> Option<&Entry> {
        let entry = self.entries.get(&life.id)?;
        (entry.passport.life == life && entry.state != MemberState::Down).then_some(entry)
    }

    /// Makes sure that there is an entry of this life, in place of an earlier one. False if the passport is an earlier
    /// one, one that is down, or one too many.
    pub(super) fn admit(&mut self, passport: &Passport, now: Moment) -> bool {
        let id = passport.life.id;
        if id == self.me.life.id {
            return false;
        }
        if let Some(known) = self.entries.get(&id) {
            let is_down = known.state == MemberState::Down;
            let (life, replaces) = (known.passport.life, passport.replaces(&known.passport));
            if life == passport.life {
                return replaces || (*passport == known.passport && !is_down);
            }
            if !replaces {
                return false;
            }
            if !is_down {
                self.end(life, Cause::Replaced(passport.life), now);
            }
            self.forget(id);
        }
        let has_room = self.entries.len() < self.config.members_max.get() || self.make_room();
        if has_room {
            self.claims.entry(passport.address.clone()).or_default().insert(id);
            self.entries.insert(id, Entry::new(passport.clone(), &self.nothing));
        }
        has_room
    }

    /// Takes what a member says of itself. False if it is not worth a hello: it has left, or was not admitted.
    pub(super) fn take(
        &mut self,
        introduction: &Introduction,
        cause: Cause,
        now: Moment,
        also: impl FnOnce(&mut Entry),
    ) -> bool {
        let life = introduction.passport.life;
        if introduction.state == MemberState::Down {
            if self.living(life).is_some() {
                self.end(life, Cause::Left, now);
            }
            return false;
        }
        if !self.admit(&introduction.passport, now) {
            return false;
        }
        self.change(life, cause, now, |entry| {
            entry.take(introduction);
            also(entry);
        });
        match introduction.state {
            MemberState::Joining => self.timers.set(&(life.id, Due::Forget), now + self.config.joining_for),
            _ => self.timers.cancel(&(life.id, Due::Forget)),
        }
        true
    }

    /// Lets something happen to a member, and tells of it if it shows.
    pub(super) fn change(&mut self, life: Life, cause: Cause, now: Moment, happening: impl FnOnce(&mut Entry)) {
        let Some(entry) = self.entries.get_mut(&life.id) else { return };
        happening(entry);
        let member = entry.member();
        if entry.told.as_deref() == Some(&member) {
            return;
        }
        let before = entry.told.as_ref().map(|told| (told.state, told.standing));
        let member = Arc::new(member);
        entry.told = Some(member.clone());
        let cause = match (before, member.state) {
            (Some((MemberState::Down, _)), _) => Cause::Returned,
            (Some((MemberState::Joining | MemberState::Up, _)), MemberState::Leaving) => Cause::Leaving,
            _ => cause,
        };
        self.tell(before, member, cause, now);
    }

    pub(super) fn tell(
        &mut self,
        before: Option<(MemberState, Standing)>,
        member: Arc<Member>,
        cause: Cause,
        now: Moment,
    ) {
        self.revision += 1;
        let change = MemberChange { revision: self.revision, before, member, cause, at: now };
        self.commands.push_back(Command::Tell(change));
    }

    pub(super) fn end(&mut self, life: Life, cause: Cause, now: Moment) {
        let left = cause == Cause::Left;
        self.change(life, cause, now, |entry| entry.end(left));
        for due in [Due::Hello, Due::Release] {
            self.timers.cancel(&(life.id, due));
        }
        self.timers.set(&(life.id, Due::Forget), now + self.config.forget_after);
    }

    pub(super) fn forget(&mut self, id: NodeId) {
        let forgotten = self.entries.remove(&id);
        if let Some(address) = forgotten.map(|entry| entry.passport.address)
            && let Some(claims) = self.claims.get_mut(&address)
        {
            claims.remove(&id);
            if claims.is_empty() {
                self.claims.remove(&address);
            }
        }
        for due in [Due::Hello, Due::Release, Due::Forget] {
            self.timers.cancel(&(id, due));
        }
        self.revision += 1;
    }

    pub(super) fn release(&mut self, life: Life, now: Moment) {
        self.timers.cancel(&(life.id, Due::Release));
        self.change(life, Cause::QuarantineOver, now, |entry| entry.quarantined = false);
    }

    /// A port has one owner: who answers at an address is there, and who claimed it before is not.
    pub(super) fn evict_from(&mut self, owner: &Passport, now: Moment) {
        let Some(claims) = self.claims.get(&owner.address) else { return };
        let older = |entry: &&Entry| {
            let life = entry.passport.life;
            entry.state != MemberState::Down && life.id != owner.life.id && life.generation < owner.life.generation
        };
        let claimants = claims.iter().filter_map(|id| self.entries.get(id));
        let evicted: Vec<_> = claimants.filter(older).map(|entry| entry.passport.clone()).collect();
        for passport in evicted {
            self.end(passport.life, Cause::AddressTaken(owner.life), now);
            self.commands.push_back(Command::DeclareDown(passport));
        }
    }

    /// Says hello at this moment, unless a hello is on its way or nothing is wanted of the member.
    pub(super) fn want_hello(&mut self, id: NodeId, at: Moment) {
        let Some(entry) = self.entries.get_mut(&id) else { return };
        // One that looks for a cluster is said hello to once it has found it. After two hellos without an answer the
        // next one may be far off; a sign of life then brings it forward.
        if entry.wants_hello() && entry.hellos.is_none_or(|hellos| hellos > 2) {
            entry.hellos = Some(0);
            self.timers.set(&(id, Due::Hello), at);
        }
    }

    pub(super) fn say_hello(&mut self, id: NodeId, now: Moment, chance: Chance) {
        let Some(entry) = self.entries.get_mut(&id).filter(|entry| entry.wants_hello()) else { return };
        let Some(hellos) = &mut entry.hellos else { return };
        *hellos += 1;
        let again = now + self.config.hello.delay(*hellos, chance);
        self.commands.push_back(Command::Hello(entry.passport.clone()));
        self.timers.set(&(id, Due::Hello), again);
    }

    pub(super) fn spread(&self, chance: Chance) -> Duration {
        self.config.spread(self.entries.len()).mul_f64(chance.value())
    }

    fn make_room(&mut self) -> bool {
        let down = self.entries.values().find(|entry| entry.state == MemberState::Down);
        let id = down.map(|entry| entry.passport.life.id);
        id.map(|id| self.forget(id)).is_some()
    }
}
