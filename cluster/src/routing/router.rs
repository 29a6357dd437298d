//! [`Router`]: calls that leave the process.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arc_swap::ArcSwap;
use bytes::Bytes;
use consort_protocol::cluster::frames::Call;
use consort_protocol::cluster::slots::{Slot, SlotTable};
use consort_protocol::cluster::{Life, NodeId};
use consort_runtime::error::{CallError, NotRun, Unknown};
use consort_runtime::remote::{Entrance, Message, Placement};
use tokio::sync::watch;

use super::entrances::Entrances;
use super::incoming;
use super::outcome::{self, Answered};
use super::outgoing::{self, Outgoing};
use super::patience::Patience;
use super::peer::PeerLink;
use super::peers::Peers;
use crate::planted::Planted;
use crate::sharding::Ownership;
use crate::transport::{Answer, Lane, Lost, Why};

/// Finds the node of an actor, and sends it its calls.
pub(crate) struct Router {
    pub(crate) me: Life,
    pub(crate) ownership: Arc<Ownership>,
    pub(crate) table: Arc<ArcSwap<SlotTable>>,
    pub(crate) peers: Peers,
    pub(crate) entrances: Entrances,
    /// Counts what may have changed where calls go: the table, the peers, what this node owns.
    pub(crate) changes: watch::Sender<u64>,
    turn: AtomicUsize,
}

/// Where a message goes now.
pub(crate) enum Way {
    /// To this node.
    Here,
    /// To another one.
    To(Arc<PeerLink>, u32),
    /// Nobody knows yet, for this reason.
    Wait(&'static str),
    /// Nowhere.
    Nowhere(NotRun),
}

/// How far a message has come.
pub(crate) enum Step<F> {
    /// Its actor lives here.
    Here,
    /// It is on its way, or has its place among those that wait for room.
    Sent(Arc<PeerLink>, F),
    /// Nobody knows yet where it goes, for this reason.
    Wait(&'static str),
    /// It goes nowhere.
    Over(NotRun),
}

impl Router {
    pub(crate) fn new(
        me: Life,
        ownership: Arc<Ownership>,
        table: Arc<ArcSwap<SlotTable>>,
        entrances: Entrances,
    ) -> Arc<Self> {
        let (peers, changes, turn) = (Peers::default(), watch::Sender::new(0), AtomicUsize::new(0));
        Arc::new(Router { me, ownership, table, peers, entrances, changes, turn })
    }

    /// Something has changed that decides where calls go: who waits looks again.
    pub(crate) fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    /// Where a message goes.
    pub(crate) fn way(&self, message: &Message) -> Way {
        match slot_of(message.placement) {
            Some(slot) => self.way_to_owner(slot, message),
            None => self.way_to_any(message),
        }
    }

    fn way_to_owner(&self, slot: Slot, message: &Message) -> Way {
        if self.ownership.since(slot).is_some() {
            return Way::Here;
        }
        match self.table.load().owner(slot) {
            None => Way::Wait("the slot has no owner yet"),
            Some(owner) if owner == self.me => Way::Wait("the slot is on its way to this node"),
            Some(owner) => match self.peers.of(owner) {
                None => Way::Wait("the slot's owner is not reached yet"),
                Some(peer) => to(peer, message),
            },
        }
    }

    /// Here if it is served here, else to those that serve it in turn.
    fn way_to_any(&self, message: &Message) -> Way {
        if self.entrances.serves(message.service) {
            return Way::Here;
        }
        let peers = self.peers.all();
        let serving = peers.iter().filter(|peer| peer.offered().is_some_and(|offered| offered.serves(message.service)));
        let serving: Vec<_> = serving.collect();
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        match serving.get(turn % serving.len().max(1)) {
            Some(peer) => to(Arc::clone(peer), message),
            None => Way::Nowhere(NotRun::not_served(message.service, self.entrances.services())),
        }
    }

    /// Takes the message's place among those for its actor.
    pub(crate) fn try_ask(&self, message: &Arc<Message>) -> Step<Answer> {
        self.step(message, |peer, lane, outgoing| peer.link.ask(lane, move |out| outgoing.write(true, out)))
    }

    /// As [`try_ask`](Router::try_ask), for a tell.
    pub(crate) fn try_tell(&self, message: &Arc<Message>) -> Step<impl Future<Output = Result<(), Lost>> + use<>> {
        self.step(message, |peer, lane, outgoing| peer.link.tell(lane, move |out| outgoing.write(false, out)))
    }

    fn step<F>(&self, message: &Arc<Message>, send: impl FnOnce(&PeerLink, Lane, Outgoing) -> F) -> Step<F> {
        if let Err(why) = outgoing::check(message) {
            return Step::Over(why);
        }
        match self.way(message) {
            Way::Here => Step::Here,
            Way::Wait(why) => Step::Wait(why),
            Way::Nowhere(why) => Step::Over(why),
            Way::To(peer, target) => {
                let outgoing = Outgoing { message: message.clone(), target, epoch: self.table.load().epoch() };
                let sent = send(&peer, lane(message), outgoing);
                Step::Sent(peer, sent)
            }
        }
    }

    /// Goes on from there until the call is over.
    pub(crate) async fn see_through<F>(&self, message: &Arc<Message>, first: Step<F>) -> Result<Bytes, CallError<Bytes>>
    where
        F: Future<Output = Result<Bytes, Lost>>,
    {
        match self.see_step(message, first).await {
            ControlFlow::Break(outcome) => outcome,
            ControlFlow::Continue(why) => self.hold(message, why).await,
        }
    }

    /// Goes on with a call that could not be made so far.
    pub(crate) async fn hold(&self, message: &Arc<Message>, mut why: &'static str) -> Result<Bytes, CallError<Bytes>> {
        let mut patience = Patience::of(&self.changes, message.deadline);
        loop {
            patience.wait(why).await?;
            let step = self.try_ask(message);
            match self.see_step(message, step).await {
                ControlFlow::Break(outcome) => return outcome,
                ControlFlow::Continue(held) => why = held,
            }
        }
    }

    async fn see_step<F>(
        &self,
        message: &Message,
        step: Step<F>,
    ) -> ControlFlow<Result<Bytes, CallError<Bytes>>, &'static str>
    where
        F: Future<Output = Result<Bytes, Lost>>,
    {
        match step {
            Step::Over(why) => ControlFlow::Break(Err(why.into())),
            Step::Here => ControlFlow::Break(self.entrances.ask(message).await),
            Step::Wait(why) => ControlFlow::Continue(why),
            Step::Sent(peer, answer) => judge(peer.life.id, answer.await),
        }
    }

    /// Goes on from there until the message is on its way.
    pub(crate) async fn see_told<F>(&self, message: &Arc<Message>, first: Step<F>) -> Result<(), NotRun>
    where
        F: Future<Output = Result<(), Lost>>,
    {
        let mut patience = Patience::of(&self.changes, message.deadline);
        let mut why = match self.see_tell(message, first).await {
            ControlFlow::Break(end) => return end,
            ControlFlow::Continue(why) => why,
        };
        loop {
            patience.wait(why).await?;
            let step = self.try_tell(message);
            match self.see_tell(message, step).await {
                ControlFlow::Break(end) => return end,
                ControlFlow::Continue(held) => why = held,
            }
        }
    }

    /// Sends a tell of another node on to where its actor lives now.
    pub(crate) async fn send_on(&self, entrance: &Entrance, call: &Call<'_>, payload: &Bytes) -> Result<(), NotRun> {
        let message = Arc::new(incoming::message(entrance, call, payload));
        let first = self.try_tell(&message);
        self.see_told(&message, first).await
    }

    async fn see_tell<F>(&self, message: &Message, step: Step<F>) -> ControlFlow<Result<(), NotRun>, &'static str>
    where
        F: Future<Output = Result<(), Lost>>,
    {
        match step {
            Step::Over(why) => ControlFlow::Break(Err(why)),
            Step::Here => ControlFlow::Break(self.entrances.tell(message).await),
            Step::Wait(why) => ControlFlow::Continue(why),
            Step::Sent(_, telling) => match telling.await {
                // a tell is made once at most: what was lost on its way is not sent again
                Err(Lost::MaybeArrived(_)) if Planted::TellSentAgain.is_planted() => ControlFlow::Continue("again"),
                Ok(()) | Err(Lost::MaybeArrived(_)) => ControlFlow::Break(Ok(())),
                Err(Lost::NotSent(Why::TooLarge { bytes, max })) => ControlFlow::Break(Err(too_large(bytes, max))),
                Err(Lost::NotSent(_)) => ControlFlow::Continue("the slot's owner cannot be reached"),
            },
        }
    }
}

/// What the answer of a node means to the call, or why the call is to be held.
pub(crate) fn judge(
    node: NodeId,
    answer: Result<Bytes, Lost>,
) -> ControlFlow<Result<Bytes, CallError<Bytes>>, &'static str> {
    match answer {
        Ok(record) => match outcome::read(record) {
            Ok(Answered::Over(outcome)) => ControlFlow::Break(outcome),
            Ok(Answered::Elsewhere) => ControlFlow::Continue("the slot is on its way"),
            Err(malformed) => ControlFlow::Break(Err(lost(node, &malformed).into())),
        },
        Err(Lost::NotSent(Why::TooLarge { bytes, max })) => ControlFlow::Break(Err(too_large(bytes, max).into())),
        Err(Lost::NotSent(_)) => ControlFlow::Continue("the slot's owner cannot be reached"),
        Err(Lost::MaybeArrived(_)) if Planted::NotRunSaidOfMaybe.is_planted() => {
            ControlFlow::Break(Err(NotRun::ShuttingDown.into()))
        }
        Err(Lost::MaybeArrived(why)) => ControlFlow::Break(Err(lost(node, &why).into())),
    }
}

fn too_large(size: usize, limit: u64) -> NotRun {
    NotRun::TooLarge { size: size as u64, limit }
}

fn to(peer: Arc<PeerLink>, message: &Message) -> Way {
    match peer.number(message) {
        None => Way::Wait("the slot's owner has not said yet what it serves"),
        Some(Ok(target)) => Way::To(peer, target),
        Some(Err(why)) => Way::Nowhere(why),
    }
}

/// Messages to one actor go on one lane. Without a key there is no order to keep but that of one sender to one service.
pub(crate) fn lane(message: &Message) -> Lane {
    match message.placement {
        Placement::Key(hash) | Placement::Unique(hash) => Lane::Call(hash),
        Placement::Any => Lane::Call(message.service.as_ptr().addr() as u64),
    }
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
