use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use consort_protocol::cluster::Life;
use consort_protocol::cluster::members::roster::Ending;
use consort_protocol::cluster::members::{Address, Passport};
use consort_protocol::time::Moment;
use foca::{Foca, Member, NoCustomBroadcast, OwnedNotification, State};
use rand::rngs::SmallRng;

use super::ProbeConfig;
use super::bearer::Bearer;
use super::codec::PacketCodec;
use super::notes::Notes;
use super::outputs::Outputs;

/// A node whose timers come so late was not running: it was stopped, or its machine had no time for it.
const OVERSLEPT: Duration = Duration::from_millis(500);

/// Why gossip did not take a packet.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct GossipError(foca::Error);

/// What gossip says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::membership) enum Event {
    /// A member is up, or another life or passport of it is.
    Up(Passport),
    /// A member is gone.
    Down(Passport, Ending),
    /// A member is suspect, or no longer.
    Suspicion(Life, bool),
    /// There is company; this member was the first.
    Company(Passport),
    /// There is nobody left.
    Alone,
    /// This node was declared down although it lives, and goes on with another passport.
    Renewed(Passport),
}

/// One node's part in the gossip.
pub(in crate::membership) struct Swim {
    foca: Foca<Bearer, PacketCodec, SmallRng, NoCustomBroadcast>,
    outputs: Outputs,
    notes: Notes,
    suspects: BTreeSet<Life>,
    events: VecDeque<Event>,
    probing: ProbeConfig,
    /// The number of members that foca is tuned for: a power of two.
    tuned_for: usize,
}

impl Swim {
    pub(in crate::membership) fn new(probing: ProbeConfig, me: &Passport, rng: SmallRng) -> Self {
        let notes = Notes::default();
        let codec = PacketCodec::new(me.address.clone(), notes.clone());
        Swim {
            foca: Foca::new(Bearer(me.clone()), probing.tuned(1), rng, codec),
            outputs: Outputs::default(),
            notes,
            suspects: BTreeSet::new(),
            events: VecDeque::new(),
            probing,
            tuned_for: 1,
        }
    }

    /// A payload that came by the link of `from`.
    pub(in crate::membership) fn handle_payload(
        &mut self,
        from: Life,
        payload: &[u8],
        now: Moment,
    ) -> Result<(), GossipError> {
        self.notes.expect_sender(from);
        self.act(now, |foca, outputs| foca.handle_data(payload, outputs))
    }

    /// Asks a member to be let in.
    pub(in crate::membership) fn join(&mut self, by: &Passport, now: Moment) -> Result<(), GossipError> {
        self.act(now, |foca, outputs| foca.announce(Bearer(by.clone()), outputs))
    }

    /// A member was heard directly: it is up, whoever says otherwise of an earlier passport of it.
    pub(in crate::membership) fn vouch(&mut self, passport: &Passport, now: Moment) -> Result<(), GossipError> {
        let member = Member::alive(Bearer(passport.clone()));
        self.act(now, |foca, outputs| foca.apply_many([member].into_iter(), true, outputs))
    }

    /// A member is down for sure.
    pub(in crate::membership) fn declare_down(&mut self, passport: &Passport, now: Moment) -> Result<(), GossipError> {
        let member = Member::down(Bearer(passport.clone()));
        self.act(now, |foca, outputs| foca.apply_many([member].into_iter(), true, outputs))
    }

    /// How the bearer of this passport ended; `None` if it lives, as far as is known here.
    pub(in crate::membership) fn ending(&self, passport: &Passport) -> Option<Ending> {
        let mut known = self.foca.iter_membership_state();
        let known = known.find(|member| member.id().0.life.id == passport.life.id)?;
        let is_over = known.state() == State::Down && !passport.replaces(&known.id().0);
        is_over.then(|| self.how_ended(passport))
    }

    /// This node leaves for good.
    pub(in crate::membership) fn leave(&mut self, now: Moment) -> Result<(), GossipError> {
        self.notes.note_left(self.foca.identity().0.life);
        self.act(now, |foca, outputs| foca.leave_cluster(outputs))
    }

    /// Something is due. A node that overslept first lets the others be heard: in its sleep nobody could answer it, so
    /// nobody is suspect for it.
    pub(in crate::membership) fn handle_timeout(&mut self, now: Moment) -> Result<(), GossipError> {
        let late = self.poll_timeout().map_or(Duration::ZERO, |due| now.since(due));
        if late > OVERSLEPT {
            self.outputs.put_off(late);
        }
        let mut first_error = Ok(());
        while let Some(timer) = self.outputs.pop_timer(now) {
            first_error = first_error.and(self.act(now, |foca, outputs| foca.handle_timer(timer, outputs)));
        }
        first_error
    }

    pub(in crate::membership) fn poll_timeout(&self) -> Option<Moment> {
        self.outputs.next_timer()
    }

    pub(in crate::membership) fn poll_payload(&mut self) -> Option<(Address, Bytes)> {
        self.outputs.payloads.pop_front()
    }

    pub(in crate::membership) fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn act(
        &mut self,
        now: Moment,
        action: impl FnOnce(
            &mut Foca<Bearer, PacketCodec, SmallRng, NoCustomBroadcast>,
            &mut Outputs,
        ) -> Result<(), foca::Error>,
    ) -> Result<(), GossipError> {
        self.outputs.now = now;
        let result = action(&mut self.foca, &mut self.outputs);
        // With a renewed passport foca has no timers any more, and sets them anew only when it looks who else is up. That
        // comes with the next packet; if it does not come, nobody would be probed again.
        let looked = self.foca.apply_many(std::iter::empty(), false, &mut self.outputs);
        while let Some(notification) = self.outputs.notifications.pop_front() {
            self.on_notification(notification);
        }
        self.compare_suspects();
        result.and(looked).and(self.tune()).map_err(GossipError)
    }

    fn on_notification(&mut self, notification: OwnedNotification<Bearer>) {
        match notification {
            OwnedNotification::MemberUp(Bearer(passport)) => self.events.push_back(Event::Up(passport)),
            OwnedNotification::MemberDown(Bearer(passport)) => self.on_down(passport),
            OwnedNotification::Rename(_, bearer) => {
                let is_up = self.foca.iter_members().any(|member| *member.id() == bearer);
                self.events.extend(is_up.then_some(Event::Up(bearer.0)));
            }
            OwnedNotification::Active => {
                let first = self.foca.iter_members().next();
                self.events.extend(first.map(|member| Event::Company(member.id().0.clone())));
            }
            OwnedNotification::Idle => self.events.push_back(Event::Alone),
            OwnedNotification::Rejoin(Bearer(passport)) => self.events.push_back(Event::Renewed(passport)),
            // Only after this node itself has left: four billion renewals do not come to an end.
            OwnedNotification::Defunct => {}
        }
    }

    fn on_down(&mut self, passport: Passport) {
        let ending = self.how_ended(&passport);
        self.events.push_back(Event::Down(passport, ending));
    }

    fn how_ended(&self, passport: &Passport) -> Ending {
        match self.notes.has_left(passport.life) {
            true => Ending::Left,
            false => Ending::Declared,
        }
    }

    /// Foca does not tell of suspicions. Its members are looked through only when one was seen to pass, or is open.
    fn compare_suspects(&mut self) {
        if !self.notes.take_suspicion() && self.suspects.is_empty() {
            return;
        }
        let is_suspect = |member: &&Member<Bearer>| member.state() == State::Suspect;
        let suspects: BTreeSet<_> =
            self.foca.iter_members().filter(is_suspect).map(|member| member.id().0.life).collect();
        let refuted = self.suspects.difference(&suspects).map(|life| Event::Suspicion(*life, false));
        let suspected = suspects.difference(&self.suspects).map(|life| Event::Suspicion(*life, true));
        self.events.extend(refuted.chain(suspected));
        self.suspects = suspects;
    }

    fn tune(&mut self) -> Result<(), foca::Error> {
        let members = (self.foca.num_members() + 1).next_power_of_two();
        if members == self.tuned_for {
            return Ok(());
        }
        self.tuned_for = members;
        self.foca.set_config(self.probing.tuned(members))
    }
}

#[cfg(test)]
mod tests {
    use consort_protocol::cluster::{Generation, NodeId};
    use rand::SeedableRng;

    use super::*;

    fn passport(id: u64) -> Passport {
        let life = Life { id: NodeId::new(id).unwrap(), generation: Generation(1) };
        Passport::new(life, format!("10.0.0.{id}:7400").parse().unwrap())
    }

    /// A node that has another one for down, and a third one for up.
    fn swim(me: &Passport, down: &Passport, up: &Passport) -> Swim {
        let mut swim = Swim::new(ProbeConfig::default(), me, SmallRng::seed_from_u64(me.life.id.number()));
        swim.vouch(down, Moment::START).unwrap();
        swim.vouch(up, Moment::START).unwrap();
        swim.declare_down(down, Moment::START).unwrap();
        swim
    }

    fn events(swim: &mut Swim) -> Vec<Event> {
        std::iter::from_fn(|| swim.poll_event()).collect()
    }

    #[test]
    fn a_node_that_comes_back_with_a_renewed_passport_goes_on_to_watch_the_others() {
        let [me, other, third] = [1, 2, 3].map(passport);
        let (mut mine, mut others) = (swim(&me, &other, &third), swim(&other, &me, &third));
        mine.join(&other, Moment::START).unwrap();
        let (_, asked) = mine.poll_payload().unwrap();
        others.handle_payload(me.life, &asked, Moment::START).unwrap();
        let (_, told) = others.poll_payload().unwrap();
        // from one who counts for nothing here: whatever else it says is not looked at
        mine.handle_payload(other.life, &told, Moment::START).unwrap();
        assert!(events(&mut mine).iter().any(|event| matches!(event, Event::Renewed(_))));

        let mut now = Moment::START;
        while let Some(due) = mine.poll_timeout().filter(|due| due.since_start() < Duration::from_secs(10)) {
            now = due;
            mine.handle_timeout(now).unwrap();
        }
        assert!(events(&mut mine).contains(&Event::Down(third, Ending::Declared)), "nobody watches it, by {now:?}");
    }
}
