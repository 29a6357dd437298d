//! What a sender does about actors that have no room.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::Life;
use consort_protocol::cluster::slots::Slot;
use consort_runtime::remote::Message;
use tokio::task::coop::consume_budget;
use tokio::time::sleep;

use super::Actor;
use super::crowd::Next;
use crate::exchange::{self, Request};
use crate::routing::order::gate::Found;
use crate::routing::router::{Router, slot_of};
use crate::transport::Lane;

/// What nobody waits for any more is thrown away so often.
const LOOK: Duration = Duration::from_millis(100);

impl Router {
    /// Tells a sender that an actor here has no room for what it sends. A client is not told: it sends as much as its lane
    /// takes.
    pub(crate) fn say_crowded(&self, to: Life, slot: Slot, actor: Actor) {
        if let Some(peer) = self.peers.of(to) {
            let crowded = Request::Crowded { slot: slot.number(), actor: actor.0 };
            // what cannot be said now is said again if it is still true
            let _ = peer.link.try_tell(Lane::Control, |out| exchange::write(&crowded, out));
        }
    }

    /// An actor of that life has no room for what this node sends: nothing more is sent to it until it has.
    pub(crate) fn hear_crowded(self: &Arc<Self>, from: Life, slot: Slot, actor: Actor) {
        let mut way = self.ways.way(slot).write();
        if let Some(owner) = way.gate.crowd(from, actor) {
            self.runtime.spawn(see(self.clone(), slot, actor, owner));
        }
    }

    /// Whether a message waits for room in a mailbox elsewhere.
    pub(crate) fn is_crowded(&self, message: &Message) -> bool {
        slot_of(message.placement).is_some_and(|slot| self.ways.way(slot).read().gate.crowds.hold(message))
    }

    /// Sends what is next to an actor that had room when it was asked.
    fn pass(self: &Arc<Self>, slot: Slot, actor: Actor, owner: &Found) -> Passed {
        let mut way = self.ways.way(slot).write();
        if way.gate.to.as_ref() != Some(owner) {
            return Passed::All;
        }
        match way.gate.crowds.next(actor) {
            // under the lock: whoever shuts the gate asks behind it
            Next::Send(job) => self.send_on(slot, job, owner),
            Next::Ask => return Passed::NoMore,
            Next::Done => return Passed::All,
        }
        Passed::One
    }
}

/// What has been sent.
enum Passed {
    /// One, and there may be another.
    One,
    /// As much as there was room for.
    NoMore,
    /// All that queued here.
    All,
}

/// Sends what queues for an actor as it has room, until nothing queues.
async fn see(router: Arc<Router>, slot: Slot, actor: Actor, owner: Found) {
    loop {
        let mut room = pin!(router.until_room(slot, actor, &owner));
        loop {
            tokio::select! {
                () = &mut room => break,
                () = sleep(LOOK) => router.ways.way(slot).write().gate.crowds.prune(),
            }
        }
        loop {
            match router.pass(slot, actor, &owner) {
                Passed::One => consume_budget().await,
                Passed::NoMore => break,
                Passed::All => return,
            }
        }
    }
}
