//! What becomes of a message that this node sends.

use std::sync::Arc;

use consort_protocol::cluster::slots::{Slot, Tenure};
use consort_protocol::cluster::{Life, NodeId};
use consort_runtime::error::NotRun;
use consort_runtime::remote::{Doorstep, Message};

use super::gate::Found;
use super::job::{Course, Step};
use super::way::Way;
use super::ways::QUEUED_MAX;
use crate::routing::frames::outgoing::{self, Outgoing};
use crate::routing::router::{Router, lane_of, slot_of};

/// Where a message goes, as its slot stands.
enum Goes {
    /// To an actor of this node.
    Here,
    /// Behind what has come for the slot.
    Held,
    /// Behind what queues at the gate.
    Queued,
    /// Behind what queues for an actor without room.
    Crowded,
    /// To this owner.
    To(Found),
}

impl Router {
    /// Sends a message to the owner of its slot, if nothing queues before it.
    pub(crate) fn step_to_owner<C: Course>(self: &Arc<Self>, slot: Slot, message: &Arc<Message>) -> Step<C> {
        let way = self.ways.way(slot).read();
        if let Some(found) = &way.gate.to
            && !way.gate.crowds.hold(message)
            && let Some(step) = self.send(slot, found, message)
        {
            return step;
        }
        drop(way);
        self.step_at_gate(slot, message)
    }

    fn step_at_gate<C: Course>(self: &Arc<Self>, slot: Slot, message: &Arc<Message>) -> Step<C> {
        let mut way = self.ways.way(slot).write();
        match self.goes(slot, &mut way, message) {
            Goes::To(found) => {
                let sent = self.send(slot, &found, message);
                way.gate.to = Some(found);
                // it has said what it offers, or it would not have been found
                sent.unwrap_or(Step::Wait(SILENT))
            }
            Goes::Here => {
                drop(way);
                self.step_here(message)
            }
            Goes::Held | Goes::Queued | Goes::Crowded if !message.handed_over && !self.ways.has_room(message) => {
                Step::Over(C::refused(NotRun::Full { limit: QUEUED_MAX as u32 }))
            }
            goes => {
                let (job, slip) = self.ways.job(message);
                match goes {
                    Goes::Held => way.hold().push(job, message.handed_over),
                    Goes::Crowded => {
                        way.gate.crowds.push(message, job);
                        return Step::Queued(slip);
                    }
                    _ => way.gate.shut().push(job, message.handed_over),
                }
                self.attend_to(slot, &mut way);
                Step::Queued(slip)
            }
        }
    }

    fn goes(&self, slot: Slot, way: &mut Way, message: &Message) -> Goes {
        // under the lock: the table that is read is not older than what has been done about it
        let owner = self.table.load().state(slot).owner();
        way.gate.follow(owner);
        if way.gate.shut.is_some() {
            return Goes::Queued;
        }
        let is_open = self.ownership.since(slot).is_some();
        let is_mine = is_open || owner.is_some_and(|owner| owner.life == self.me);
        match &way.hold {
            Some(_) if is_mine || !message.handed_over => Goes::Held,
            None if is_open => Goes::Here,
            None if is_mine => Goes::Held,
            None if way.gate.crowds.hold(message) => Goes::Crowded,
            None => way.gate.to.clone().map(Ok).unwrap_or_else(|| self.found(owner)).map_or(Goes::Queued, Goes::To),
            // it comes from what is held
            Some(_) => Goes::Queued,
        }
    }

    /// The owner, if calls can be sent to it.
    ///
    /// # Errors
    /// Why not.
    pub(super) fn found(&self, owner: Option<Tenure>) -> Result<Found, &'static str> {
        let owner = owner.ok_or("the slot has no owner yet")?;
        let peer = self.peers.of(owner.life).ok_or("the slot's owner is not reached yet")?;
        if peer.offered().is_none() {
            return Err(SILENT);
        }
        Ok(Found { peer, since: owner.since })
    }

    /// Gives a message its place at an actor of this node.
    pub(crate) fn step_here<C: Course>(&self, message: &Message) -> Step<C> {
        self.step_in(message, self.entrances.doorstep())
    }

    /// The same, for one that may have waited elsewhere.
    pub(super) fn step_in<C: Course>(&self, message: &Message, doorstep: &Arc<Doorstep>) -> Step<C> {
        if self.entrances.serves(message.service) {
            return self.entrances.enter(message, doorstep);
        }
        self.not_served(self.me, message).map_or(Step::Wait(GOING), |why| Step::Over(C::refused(why)))
    }

    /// What a call is told whose key is on a node without its service: who serves it, if anybody does. `None` if the key is
    /// about to go to somebody who may.
    fn not_served(&self, owner: Life, message: &Message) -> Option<NotRun> {
        if self.is_going(owner, message.service) {
            return None;
        }
        let peers = self.peers.all();
        let serving = peers.iter().filter(|peer| peer.offered().is_some_and(|it| it.serves(message.service)));
        let here = self.entrances.serves(message.service).then_some(self.me.id);
        let mut serving: Vec<_> = serving.map(|peer| peer.life.id).chain(here).collect();
        serving.sort_unstable();
        Some(match serving.is_empty() {
            true => NotRun::not_served(message.service, self.entrances.services()),
            false => NotRun::owner_lacks(message.service, owner.id.to_string(), serving.iter().map(NodeId::to_string)),
        })
    }

    /// The number of the message's method at an owner; `None` if it is not known yet what that serves, or it serves nothing of
    /// the kind and its keys are about to go to somebody who does.
    fn target(&self, found: &Found, message: &Message) -> Option<Result<u32, NotRun>> {
        match found.peer.number(message)? {
            Err(NotRun::NotServed { .. }) => self.not_served(found.peer.life, message).map(Err),
            target => Some(target),
        }
    }

    /// Sends a message; `None` if it is not known yet what its receiver serves.
    pub(super) fn send<C: Course>(&self, slot: Slot, found: &Found, message: &Message) -> Option<Step<C>> {
        Some(match self.target(found, message)? {
            Ok(target) => {
                let outgoing = Outgoing { message, target, epoch: found.since };
                Step::Sent(found.peer.life.id, C::send(&found.peer, lane_of(slot), outgoing))
            }
            Err(why) => Step::Over(C::refused(why)),
        })
    }

    /// Tells, if nothing has to be decided and nothing waited for. All tells but few are over with this.
    pub(crate) fn is_told(&self, message: &Message) -> bool {
        let Some(slot) = slot_of(message.placement).filter(|_| outgoing::check(message).is_ok()) else { return false };
        let way = self.ways.way(slot).read();
        let Some(found) = way.gate.to.as_ref().filter(|_| !way.gate.crowds.hold(message)) else { return false };
        let Some(Ok(target)) = found.peer.number(message) else { return false };
        let outgoing = Outgoing { message, target, epoch: found.since };
        found.peer.link.try_tell(lane_of(slot), |out| outgoing.write(false, out)).is_ok()
    }

    /// Tells, if that can be done at once and nothing queues before it.
    pub(crate) fn try_tell_owner(&self, slot: Slot, message: &Message) -> Result<(), NotRun> {
        let full = Err(NotRun::Full { limit: 0 });
        let mut way = self.ways.way(slot).write();
        match self.goes(slot, &mut way, message) {
            Goes::Here => {
                drop(way);
                match self.entrances.serves(message.service) {
                    true => self.entrances.try_tell(message),
                    false => self.not_served(self.me, message).map_or(full, Err),
                }
            }
            Goes::Held | Goes::Queued | Goes::Crowded => full,
            Goes::To(found) => {
                let target = match self.target(&found, message) {
                    Some(target) => target?,
                    None => return full,
                };
                let (peer, epoch) = (found.peer.clone(), found.since);
                way.gate.to = Some(found);
                let outgoing = Outgoing { message, target, epoch };
                peer.link.try_tell(lane_of(slot), |out| outgoing.write(false, out)).or(full)
            }
        }
    }
}

const GOING: &str = "its owner serves nothing with keys, and they are about to go to somebody who does";

const SILENT: &str = "the slot's owner has not said yet what it serves";

#[cfg(test)]
mod tests {
    use consort_protocol::cluster::members::Members;
    use consort_protocol::cluster::slots::{Epoch, SlotState};
    use tokio::sync::watch;

    use super::super::Tell;
    use super::*;
    use crate::routing::fixture::{life, router, tell};

    /// As after a lease that was over and is renewed: the slot is this node's, and not open yet.
    #[tokio::test]
    async fn what_an_activation_had_not_begun_that_was_cut_off_stays_ahead_of_what_came_since() {
        let (_changing, members) = watch::channel(Arc::new(Members::new(1, life(1), [])));
        let (router, slot) = (router(members).await, Slot::of_hash(7));
        let mine = SlotState::Owned(Tenure { life: life(1), since: Epoch(1) });
        router.adopt(Arc::new(router.table.load().with([(slot, mine)])));
        let came = router.let_in::<Tell>((slot, Epoch(1)), life(3), || Arc::new(tell("second", 7)));
        let handed = Message { handed_over: true, ..tell("first", 7) };
        let back = router.step_to_owner::<Tell>(slot, &Arc::new(handed));
        let next = router.ways.way(slot).write().hold().pop().unwrap();
        assert_eq!(next.key(), Some("first"));
        drop((came, back));
    }
}
