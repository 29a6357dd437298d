use std::sync::Arc;

use crate::cluster::members::{Introduction, Member, MemberState, Meta, Passport, Standing};

/// What is known of one member.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) passport: Passport,
    pub(super) state: MemberState,
    /// This node has reached it itself.
    pub(super) verified: bool,
    /// Gossip suspects it.
    pub(super) suspected: bool,
    /// The link to it was lost, and it was not reached since.
    pub(super) link_lost: bool,
    pub(super) quarantined: bool,
    /// It has gone on purpose.
    pub(super) left: bool,
    /// Its latest introduction; nothing is known of it before the first.
    pub(super) edition: Option<u32>,
    /// The edition that its packets name.
    pub(super) newest: u32,
    pub(super) meta: Arc<Meta>,
    /// Hellos in a row without an answer; `None` if none is wanted.
    pub(super) hellos: Option<u32>,
    /// As it was told last; `None` before it was told of at all.
    pub(super) told: Option<Arc<Member>>,
}

impl Entry {
    /// One who is only heard of.
    pub(super) fn new(passport: Passport, nothing: &Arc<Meta>) -> Self {
        Entry {
            passport,
            state: MemberState::Joining,
            verified: false,
            suspected: false,
            link_lost: false,
            quarantined: false,
            left: false,
            edition: None,
            newest: 0,
            meta: nothing.clone(),
            hellos: None,
            told: None,
        }
    }

    /// Gossip says that it is in the cluster: it joined, or came back with a renewed passport.
    pub(super) fn join(&mut self, passport: &Passport) {
        if matches!(self.state, MemberState::Joining | MemberState::Down) {
            self.state = MemberState::Up;
        }
        self.passport.renewal = passport.renewal;
    }

    /// Takes what it says of itself, unless it has said something later already.
    pub(super) fn take(&mut self, introduction: &Introduction) {
        if self.state == MemberState::Down {
            self.state = introduction.state;
        }
        self.passport.renewal = introduction.passport.renewal;
        if self.edition.is_some_and(|known| known > introduction.edition) {
            return;
        }
        self.edition = Some(introduction.edition);
        // Gossip may have told already that it is in the cluster; an introduction from before takes nothing back.
        self.state = self.state.max(introduction.state);
        self.meta = introduction.meta.clone();
    }

    /// Whether this node has to hear from it: it was never reached, or no longer is, or has news.
    pub(super) fn wants_hello(&self) -> bool {
        let is_open = !self.verified || self.link_lost || self.edition < Some(self.newest);
        is_open && matches!(self.state, MemberState::Up | MemberState::Leaving)
    }

    /// It was reached: what spoke against the way to it no longer counts.
    pub(super) fn reached(&mut self) {
        (self.verified, self.link_lost, self.hellos) = (true, false, None);
    }

    /// It is gone. If it comes back, it has to be reached anew.
    pub(super) fn end(&mut self, left: bool) {
        (self.state, self.left) = (MemberState::Down, left);
        (self.verified, self.suspected, self.link_lost, self.quarantined) = (false, false, false, false);
        self.hellos = None;
    }

    /// How it looks to others.
    pub(super) fn member(&self) -> Member {
        Member {
            life: self.passport.life,
            address: self.passport.address.clone(),
            state: self.state,
            standing: self.standing(),
            meta: self.meta.clone(),
        }
    }

    fn standing(&self) -> Standing {
        match (self.quarantined, self.verified, self.suspected || self.link_lost) {
            (true, _, _) => Standing::Quarantined,
            (false, false, _) => Standing::Unverified,
            (false, true, true) => Standing::Suspect,
            (false, true, false) => Standing::Healthy,
        }
    }
}
