use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::Life;
use consort_protocol::cluster::members::joining::Seed;
use consort_protocol::cluster::members::roster::Ending;
use consort_protocol::cluster::members::{
    Address, Cause, Introduction, MemberState, Meta, MetaTooLarge, Packet, Passport, Roster,
};
use consort_protocol::time::Moment;

use super::{Machine, Output, PacketRefused};

impl Machine {
    /// A packet came by the link of `from`, whose life the transport has verified.
    ///
    /// # Errors
    ///
    /// [`PacketRefused`] says why it was not taken.
    pub fn handle_packet(&mut self, from: Life, packet: &[u8], now: Moment) -> Result<(), PacketRefused> {
        let packet = Packet::read(packet, &self.me.passport.address)?;
        let result = match packet {
            Packet::Hello { dialled, introduction } => self.on_hello(from, dialled, &introduction, now),
            Packet::Welcome { dialled, introduction } => self.on_welcome(from, &dialled, &introduction, now),
            Packet::News(introduction) => {
                let taken = self.on_news(from, &introduction, now);
                if taken.is_ok() {
                    // A seed that looked for a cluster itself says so once it has found one.
                    self.joining.handle_welcome(&introduction.passport.address, &introduction);
                }
                taken
            }
            Packet::Gossip { edition, payload } => {
                self.roster.handle_edition(from, edition, now);
                self.swim.handle_payload(from, payload, now).map_err(PacketRefused::from)
            }
            Packet::TakenForDown { renewal } => {
                let passport = Passport { renewal, ..self.me.passport.clone() };
                self.swim.declare_down(&passport, now).map_err(PacketRefused::from)
            }
        };
        self.settle(now);
        result
    }

    /// What the seeds are at the moment, after [`Output::Discover`].
    pub fn handle_seeds(&mut self, found: Vec<Seed>, now: Moment) {
        let lost = self.roster.lost();
        self.joining.handle_seeds(found, lost);
        self.settle(now);
    }

    /// The transport could not reach this address.
    pub fn handle_unreachable(&mut self, address: &Address, why: &str) {
        self.joining.handle_unreachable(address, why);
    }

    /// The transport has a link to this life: its hello came back.
    pub fn handle_link_up(&mut self, life: Life, now: Moment) {
        self.roster.handle_link_up(life, now);
        self.settle(now);
    }

    /// The transport lost its link to this life, or could not make one.
    pub fn handle_link_lost(&mut self, life: Life, now: Moment) {
        self.roster.handle_link_lost(life, now);
        self.settle(now);
    }

    /// Nothing goes to this member for so long. Zero ends a quarantine.
    pub fn handle_quarantine(&mut self, life: Life, length: Duration, now: Moment) {
        self.roster.handle_quarantine(life, length, now);
        self.settle(now);
    }

    /// This node says something else of itself.
    ///
    /// # Errors
    ///
    /// [`MetaTooLarge`] if it is beyond the limits; nothing changed then.
    pub fn handle_meta(&mut self, meta: Meta, now: Moment) -> Result<(), MetaTooLarge> {
        meta.check()?;
        if *self.me.meta != meta {
            self.change_me(Cause::Introduced, now, |me| me.meta = Arc::new(meta));
            self.settle(now);
        }
        Ok(())
    }

    /// This node begins to leave: it hands over what it has, and still belongs to the cluster.
    pub fn handle_leaving(&mut self, now: Moment) {
        if self.me.state < MemberState::Leaving {
            self.change_me(Cause::Leaving, now, |me| me.state = MemberState::Leaving);
            self.settle(now);
        }
    }

    /// This node has handed over what it had, and goes. Whatever is left to be sent has been put out after this.
    pub fn handle_leave(&mut self, now: Moment) {
        if self.me.state < MemberState::Down {
            // Gossip spreads it too, to those whom this node does not reach; it cannot fail save for want of room.
            let _ = self.swim.leave(now);
            self.change_me(Cause::Left, now, |me| me.state = MemberState::Down);
            self.settle(now);
        }
    }

    /// Something is due: see [`poll_timeout`](Self::poll_timeout).
    pub fn handle_timeout(&mut self, now: Moment) {
        if self.me.state == MemberState::Down {
            return;
        }
        // An error of a timer is one of a packet that could not be written; the next probe comes all the same.
        let _ = self.swim.handle_timeout(now);
        let chance = self.chance();
        self.joining.handle_timeout(now, chance);
        self.settle(now);
    }

    fn on_hello(
        &mut self,
        from: Life,
        dialled: Address,
        introduction: &Introduction,
        now: Moment,
    ) -> Result<(), PacketRefused> {
        if from == self.me.passport.life {
            self.joining.handle_own(&dialled);
            return Ok(());
        }
        self.on_news(from, introduction, now)?;
        let welcome = Packet::Welcome { dialled, introduction: self.me.clone() };
        self.send(&introduction.passport.address, &welcome);
        Ok(())
    }

    fn on_welcome(
        &mut self,
        from: Life,
        dialled: &Address,
        introduction: &Introduction,
        now: Moment,
    ) -> Result<(), PacketRefused> {
        is_from(from, introduction)?;
        self.joining.handle_welcome(dialled, introduction);
        self.hear(introduction, now, |roster| roster.handle_welcome(introduction, now))
    }

    fn on_news(&mut self, from: Life, introduction: &Introduction, now: Moment) -> Result<(), PacketRefused> {
        is_from(from, introduction)?;
        if from.id == self.me.passport.life.id {
            self.outputs.push_back(Output::Impostor(from));
            return Ok(());
        }
        let chance = self.chance();
        self.hear(introduction, now, |roster| roster.handle_introduction(introduction, now, chance))
    }

    /// A member speaks for itself, and the roster takes that in: not if gossip has its passport for down. Nothing would
    /// ever end again what came to life so.
    ///
    /// One that was declared down and speaks has only been cut off. It cannot know before it is told, and gossip tells
    /// it only when the two happen to probe each other.
    fn hear(
        &mut self,
        introduction: &Introduction,
        now: Moment,
        take: impl FnOnce(&mut Roster),
    ) -> Result<(), PacketRefused> {
        let passport = &introduction.passport;
        let ending = self.swim.ending(passport);
        if ending == Some(Ending::Declared) || self.roster.is_taken_for_down(passport) {
            self.send(&passport.address, &Packet::TakenForDown { renewal: passport.renewal });
        }
        if ending.is_some() {
            return Ok(());
        }
        take(&mut self.roster);
        self.vouch(introduction, now)
    }

    /// Who speaks for itself is up. Gossip is told, so that a later life or a renewed passport counts at once, here and
    /// with all others.
    fn vouch(&mut self, introduction: &Introduction, now: Moment) -> Result<(), PacketRefused> {
        let is_up = matches!(introduction.state, MemberState::Up | MemberState::Leaving);
        if is_up && self.me.state != MemberState::Joining {
            self.swim.vouch(&introduction.passport, now)?;
        }
        Ok(())
    }
}

fn is_from(link: Life, introduction: &Introduction) -> Result<(), PacketRefused> {
    let claimed = introduction.passport.life;
    if claimed == link { Ok(()) } else { Err(PacketRefused::Forged { link, claimed }) }
}
