//! [`Router`]: calls that leave the process.

use std::ops::ControlFlow;
use std::sync::Arc;

use arc_swap::ArcSwap;
use bytes::Bytes;
use consort_protocol::cluster::members::Members;
use consort_protocol::cluster::slots::{Epoch, Slot, SlotTable};
use consort_protocol::cluster::{Life, NodeId};
use consort_runtime::ServiceInfo;
use consort_runtime::error::{CallError, NotRun, Unknown};
use consort_runtime::remote::{Inside, Message, Placement};
use tokio::runtime::Handle;
use tokio::sync::watch;

use super::entrances::Entrances;
use super::frames::outcome::{self, Answered};
use super::frames::outgoing::{self, Outgoing};
use super::order::{Ask, Course, Step, Tell, Ways};
use super::peers::Peers;
use super::waiting::{Held, Patience, UnderWay};
use crate::planted::Planted;
use crate::sharding::Ownership;
use crate::transport::{Lane, Lost, Why};

/// Finds the node of an actor, and sends it its calls.
pub(crate) struct Router {
    pub(crate) me: Life,
    pub(crate) ownership: Arc<Ownership>,
    pub(crate) table: Arc<ArcSwap<SlotTable>>,
    pub(crate) peers: Peers,
    pub(crate) entrances: Entrances,
    /// Counts what may have changed where calls go: the table, the peers, what this node owns.
    pub(crate) changes: watch::Sender<u64>,
    /// What queues while slots move.
    pub(super) ways: Ways,
    /// Where handlers run.
    pub(super) runtime: Handle,
    /// Asks of other nodes for actors that have an owner, without an answer yet.
    pub(super) under_way: UnderWay,
    /// The nodes of the cluster: who is new has not said yet what it serves.
    pub(super) members: watch::Receiver<Arc<Members>>,
}

impl Router {
    /// That of a node which is seen from the inside.
    pub(crate) fn new(
        me: Life,
        ownership: Arc<Ownership>,
        table: Arc<ArcSwap<SlotTable>>,
        members: watch::Receiver<Arc<Members>>,
        inside: &Inside,
    ) -> Arc<Self> {
        let (changes, ways) = (watch::Sender::new(0), Ways::new(inside.slots()));
        let (entrances, runtime) = (Entrances::new(&inside.door(), is_keyless(inside)), inside.runtime().clone());
        let (peers, under_way) = Default::default();
        Arc::new(Router { me, ownership, table, peers, entrances, changes, ways, runtime, under_way, members })
    }

    /// Something has changed that decides where calls go: who waits looks again.
    pub(crate) fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    /// Waits until no other node waits for an answer of an actor that has an owner.
    pub(crate) async fn until_answered(&self) {
        self.under_way.until_none().await;
    }

    /// Takes the message's place among those for its actor.
    pub(crate) fn step<C: Course>(self: &Arc<Self>, message: &Arc<Message>) -> Step<C> {
        if let Err(why) = outgoing::check(message) {
            return Step::Over(C::refused(why));
        }
        match slot_of(message.placement) {
            Some(slot) => self.step_to_owner(slot, message),
            None => self.step_to_any(message),
        }
    }

    /// Here if it is served here, else to those that serve it in turn.
    fn step_to_any<C: Course>(&self, message: &Arc<Message>) -> Step<C> {
        if self.entrances.serves(message.service) {
            return self.step_here(message);
        }
        let Some(peer) = self.peers.next(message.service) else {
            return match self.is_nowhere(message.service) {
                true => Step::Over(C::refused(NotRun::not_served(message.service, self.entrances.services()))),
                false => Step::Wait(UNTOLD),
            };
        };
        match peer.number(message) {
            None => Step::Wait(UNTOLD),
            Some(Err(why)) => Step::Over(C::refused(why)),
            Some(Ok(target)) => {
                let outgoing = Outgoing { message, target, epoch: Epoch(0) };
                Step::Sent(peer.life.id, C::send(&peer, lane_of_service(message.service), outgoing))
            }
        }
    }

    /// Sends a tell, if that can be done at once and nothing queues before it.
    pub(crate) fn try_tell(&self, message: &Message) -> Result<(), NotRun> {
        outgoing::check(message)?;
        if let Some(slot) = slot_of(message.placement) {
            return self.try_tell_owner(slot, message);
        }
        if self.entrances.serves(message.service) {
            return self.entrances.try_tell(message);
        }
        let peer = self.peers.next(message.service).ok_or_else(|| match self.is_nowhere(message.service) {
            true => NotRun::not_served(message.service, self.entrances.services()),
            false => NotRun::Full { limit: 0 },
        })?;
        let target = peer.number(message).transpose()?.ok_or(NotRun::Full { limit: 0 })?;
        let lane = lane_of_service(message.service);
        let outgoing = Outgoing { message, target, epoch: Epoch(0) };
        peer.link.try_tell(lane, |out| outgoing.write(false, out)).map_err(|_| NotRun::Full { limit: 0 })
    }

    /// Goes on from there until the call is over.
    pub(crate) async fn see_through(
        self: &Arc<Self>,
        message: &Arc<Message>,
        step: Step<Ask>,
    ) -> Result<Bytes, CallError<Bytes>> {
        let mut patience = self.patience(message);
        match self.see_step(message, step, &mut patience).await {
            ControlFlow::Break(outcome) => outcome,
            ControlFlow::Continue(why) => self.see_held(message, why, patience).await,
        }
    }

    async fn see_held(
        self: &Arc<Self>,
        message: &Arc<Message>,
        mut why: Held,
        mut patience: Patience<'_>,
    ) -> Result<Bytes, CallError<Bytes>> {
        loop {
            patience.wait(&why).await?;
            match self.see_step(message, self.step(message), &mut patience).await {
                ControlFlow::Break(outcome) => return outcome,
                ControlFlow::Continue(held) => why = held,
            }
        }
    }

    /// How long it is held. Where it goes is decided by the control plane, unless anybody who serves it will do.
    fn patience(&self, message: &Message) -> Patience<'_> {
        let quorum = slot_of(message.placement).map(|_| self.ownership.quorum());
        Patience::of(&self.changes, quorum, message.deadline)
    }

    /// Why the message still queues.
    fn queued(&self, message: &Message) -> Held {
        if self.is_crowded(message) {
            return Held::Crowded;
        }
        let owner = slot_of(message.placement).and_then(|slot| self.table.load().state(slot).owner());
        match owner.filter(|owner| owner.life != self.me && self.peers.of(owner.life).is_none()) {
            Some(owner) => Held::Unreached(owner.life.id, UNREACHED.into()),
            None => HELD.into(),
        }
    }

    /// Goes on with a call that could not be made so far.
    pub(crate) async fn hold(self: &Arc<Self>, message: &Arc<Message>, why: Held) -> Result<Bytes, CallError<Bytes>> {
        self.see_held(message, why, self.patience(message)).await
    }

    async fn see_step(&self, message: &Message, mut step: Step<Ask>, patience: &mut Patience<'_>) -> Judged {
        loop {
            return match step {
                Step::Over(outcome) => ControlFlow::Break(outcome),
                Step::Begun(answering) => ControlFlow::Break(answering.await),
                Step::Wait(why) => ControlFlow::Continue(why.into()),
                Step::Sent(node, answer) => judge(node, answer.await),
                Step::Queued(slip) => match slip.turn(patience.until_over()).await {
                    Some(next) => {
                        step = next;
                        continue;
                    }
                    None => ControlFlow::Break(Err(patience.over(self.queued(message)).into())),
                },
            };
        }
    }

    /// Goes on from there until the message is on its way, or at its actor.
    pub(crate) async fn see_told(self: &Arc<Self>, message: &Arc<Message>, mut step: Step<Tell>) -> Result<(), NotRun> {
        let mut patience = self.patience(message);
        loop {
            let why = match step {
                Step::Over(outcome) => return outcome,
                Step::Begun(telling) => return telling.await,
                Step::Wait(why) => why.into(),
                Step::Queued(slip) => {
                    let turn = slip.turn(patience.until_over()).await;
                    step = turn.ok_or_else(|| patience.over(self.queued(message)))?;
                    continue;
                }
                Step::Sent(node, telling) => match read_told(node, telling.await) {
                    ControlFlow::Break(outcome) => return outcome,
                    ControlFlow::Continue(why) => why,
                },
            };
            patience.wait(&why).await?;
            step = self.step(message);
        }
    }
}

/// Whether nothing that a node serves to others has a slot.
pub(crate) fn is_keyless(inside: &Inside) -> bool {
    let has_slot = |service: &&ServiceInfo| !service.local && (service.unique || !service.key.text().is_empty());
    !inside.services().iter().any(has_slot)
}

const HELD: &str = "the slot is on its way, or has no owner";

/// Why a call waits that one of the others may take.
pub(super) const UNTOLD: &str = "not every node has said yet what it serves";

const UNREACHED: &str = "there is no connection to it";

/// The end of a call, or why it is to be held.
pub(crate) type Judged = ControlFlow<Result<Bytes, CallError<Bytes>>, Held>;

/// What the answer of a node means to the call, or why the call is to be held.
pub(crate) fn judge(node: NodeId, answer: Result<Bytes, Lost>) -> Judged {
    match answer {
        Ok(record) => match outcome::read(record) {
            // it has left, and this node does not know yet
            Ok(Answered::Over(Err(CallError::NotRun(NotRun::ShuttingDown)))) => {
                ControlFlow::Continue("the node that had it has ended".into())
            }
            Ok(Answered::Over(outcome)) => ControlFlow::Break(outcome),
            Ok(Answered::Elsewhere) => ControlFlow::Continue("the slot is on its way".into()),
            Err(malformed) => ControlFlow::Break(Err(lost(node, &malformed).into())),
        },
        Err(Lost::NotSent(Why::TooLarge { bytes, max })) => ControlFlow::Break(Err(too_large(bytes, max).into())),
        Err(Lost::NotSent(why)) => ControlFlow::Continue(unreached(node, &why)),
        Err(Lost::MaybeArrived(_)) if Planted::NotRunSaidOfMaybe.is_planted() => {
            ControlFlow::Break(Err(NotRun::ShuttingDown.into()))
        }
        Err(Lost::MaybeArrived(_)) if Planted::MaybeSentAgain.is_planted() => ControlFlow::Continue("again".into()),
        Err(Lost::MaybeArrived(why)) => ControlFlow::Break(Err(lost(node, &why).into())),
    }
}

fn read_told(node: NodeId, told: Result<(), Lost>) -> ControlFlow<Result<(), NotRun>, Held> {
    match told {
        // a tell is made once at most: what was lost on its way is not sent again
        Ok(()) | Err(Lost::MaybeArrived(_)) => ControlFlow::Break(Ok(())),
        Err(Lost::NotSent(Why::TooLarge { bytes, max })) => ControlFlow::Break(Err(too_large(bytes, max))),
        Err(Lost::NotSent(why)) => ControlFlow::Continue(unreached(node, &why)),
    }
}

fn unreached(node: NodeId, why: &Why) -> Held {
    Held::Unreached(node, why.to_string().into())
}

fn too_large(size: usize, limit: u64) -> NotRun {
    NotRun::TooLarge { size: size as u64, limit }
}

/// All that is sent for a slot goes on one lane, so that one flush finds all of it before it.
pub(crate) fn lane_of(slot: Slot) -> Lane {
    Lane::Call(u64::from(slot.number()))
}

/// Without a key there is no order to keep but that of one sender to one service.
fn lane_of_service(service: &'static str) -> Lane {
    Lane::Call(service.as_ptr().addr() as u64)
}

/// The slot of a placement, if it has one.
pub(crate) fn slot_of(placement: Placement) -> Option<Slot> {
    match placement {
        Placement::Key(hash) | Placement::Unique(hash) => Some(Slot::of_hash(hash)),
        Placement::Any => None,
    }
}

fn lost(node: NodeId, reason: &dyn std::fmt::Display) -> Unknown {
    Unknown::Lost { node: node.to_string().into(), reason: reason.to_string().into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(outcome: &Result<Bytes, CallError<Bytes>>) -> Judged {
        let mut record = Vec::new();
        outcome::write(outcome, Epoch(3), &mut record);
        judge(NodeId::new(7).unwrap(), Ok(record.into()))
    }

    #[test]
    fn a_call_that_a_node_did_not_run_because_it_ends_is_made_of_the_next_owner() {
        assert!(judged(&Err(NotRun::ShuttingDown.into())).is_continue());
    }

    #[test]
    fn other_ends_of_a_call_are_its_end() {
        for outcome in [
            Ok(Bytes::new()),
            Err(CallError::App(Bytes::new())),
            Err(NotRun::Stopped.into()),
            Err(NotRun::Full { limit: 7 }.into()),
            Err(Unknown::Stopped.into()),
        ] {
            assert!(judged(&outcome).is_break(), "{outcome:?}");
        }
    }
}
