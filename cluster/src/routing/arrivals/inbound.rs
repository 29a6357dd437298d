//! [`Inbound`]: calls of other nodes.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Context, Waker};

use bytes::Bytes;
use consort_protocol::cluster::Life;
use consort_protocol::cluster::frames::{Call, Frame, Place};
use consort_protocol::cluster::slots::{Epoch, Slot, SlotTable};
use consort_runtime::error::NotRun;
use consort_runtime::remote::{Answered, Doorstep, Entered, Entrance, LINK, Message, WATCH};
use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::task::coop::consume_budget;
use tokio::task::yield_now;

use super::spoke::Spoke;
use crate::planted::Planted;
use crate::routing::frames::outgoing::{FLUSH, ROOM, asks_of};
use crate::routing::frames::{incoming, outcome};
use crate::routing::order::{Actor, Ask, Course, Entering, LetIn, Tell, Wait, Waits};
use crate::routing::router::Router;
use crate::transport::{Answers, Chore, Due, Hold, Record};

/// Calls that the thread which reads them begins before it reads on: as many as take some ten microseconds.
const AT_ONCE: usize = 16;

/// The calls of one peer on one lane.
///
/// Records come on the transport's thread and queue here. They are taken off in their order: each call is begun before
/// the next one is, and what cannot end at once goes on in a task of its own. A few asks are begun by the thread that has
/// read them, as a [`Chore`]: a handler that keeps it delays nothing but the calls that came with it, since the thread's
/// deputy carries the connections meanwhile. All else is for a task of the services' runtime. A lane without records has
/// neither.
pub(crate) struct Inbound {
    from: Life,
    runtime: Handle,
    router: Arc<Router>,
    queue: Mutex<Queue>,
    doorstep: Arc<Doorstep>,
    /// For room in mailboxes.
    waits: Arc<Waits>,
    spoke: Spoke,
}

#[derive(Default)]
struct Queue {
    batches: VecDeque<Batch>,
    /// A task takes them off.
    attended: bool,
}

/// Records that came together, with the room they take: it is given back to their sender as they end.
struct Batch {
    records: Vec<Record>,
    answers: Answers,
    room: Hold,
}

impl Inbound {
    pub(crate) fn new(from: Life, runtime: Handle, router: Arc<Router>) -> Arc<Self> {
        let (queue, doorstep, waits, spoke) = Default::default();
        Arc::new(Inbound { from, runtime, router, queue, doorstep, waits, spoke })
    }

    /// Takes records in, in the order in which they were sent. Does not wait.
    pub(crate) fn take_in(self: &Arc<Self>, records: Vec<Record>, answers: &Answers) {
        let bytes = records.iter().map(|record| record.payload.len()).sum();
        // a tell wakes its actor's task, which the services' threads do for less
        let is_small = records.len() <= AT_ONCE && records.iter().all(|record| record.ask.is_some());
        let batch = Batch { records, room: answers.hold(bytes), answers: answers.clone() };
        let mut queue = self.queue.lock();
        queue.batches.push_back(batch);
        if std::mem::replace(&mut queue.attended, true) {
            return;
        }
        drop(queue);
        // many are better spread over the services' threads
        let is_left = is_small && answers.soon(self.clone()).is_ok();
        if !is_left {
            self.clone().hand_over();
        }
    }

    /// Begins what came, and goes to another thread after `limit` calls.
    async fn attend(self: Arc<Self>, mut limit: usize) {
        while let Some(Batch { records, answers, mut room }) = self.next() {
            for Record { ask, payload } in records {
                if limit == 0 {
                    limit = usize::MAX;
                    yield_now().await;
                }
                self.begin(ask.map(|ask| answers.due(ask)), &payload, &mut room);
                limit -= 1;
                // handlers may have run: others of this thread have their turn too
                consume_budget().await;
            }
        }
    }

    fn next(&self) -> Option<Batch> {
        let mut queue = self.queue.lock();
        let batch = queue.batches.pop_front();
        queue.attended = batch.is_some();
        batch
    }

    /// Begins one call, and answers it if that is its end. An answerer that is dropped tells the asker that there is no
    /// answer. What does not end at once keeps its part of the room.
    fn begin(&self, ask: Option<Due<'_>>, payload: &Bytes, room: &mut Hold) {
        let open = self.router.entrances.open();
        match (Frame::decode(payload), ask) {
            (Ok(Frame::Ask(call)), Some(ask)) if call.target == FLUSH => self.flush(&call, ask),
            (Ok(Frame::Ask(call)), Some(ask)) if call.target == ROOM => self.say_when_there_is_room(&call, ask),
            (Ok(Frame::Ask(call)), Some(ask)) => match self.checked(&call, &open) {
                Ok(entrance) => self.ask(entrance, &call, payload, ask, room),
                Err(why) => ask.answer(outcome_of(&self.router, &Err(why.into()))),
            },
            (Ok(Frame::Tell(call)), None) => {
                let told = self.checked(&call, &open).and_then(|entrance| self.tell(entrance, &call, payload, room));
                told.unwrap_or_else(|why| self.untold(&why));
            }
            (Ok(Frame::Ignored(_)), _) => {}
            (Ok(frame), ask) => self.refuse(ask, format!("a frame that is no call: {frame:?}")),
            (Err(malformed), ask) => self.refuse(ask, malformed.to_string()),
        }
    }

    fn ask(&self, entrance: &Entrance, call: &Call<'_>, payload: &Bytes, ask: Due<'_>, room: &mut Hold) {
        // it lasts as long as its actor: who watches asks where that lives, and not by way of others
        let is_bond = [WATCH, LINK].contains(&entrance.method());
        let slot = call.place.slot().filter(|_| !is_bond);
        if is_bond && call.place.slot().is_some_and(|slot| self.router.ownership.since(slot).is_none()) {
            let epoch = self.router.table.load().epoch();
            return ask.answer(|out| outcome::write_not_owner(epoch, out));
        }
        let message = || Arc::new(incoming::message(entrance, call, payload));
        let _entering = match self.let_in::<Ask>(call, message) {
            LetIn::Enters(entering) => entering,
            LetIn::Queues(message, step) => {
                let (router, room) = (self.router.clone(), self.room_of(&message, payload, room));
                let (ask, one) = (ask.later(), slot.map(|_| self.router.under_way.begin()));
                self.runtime.spawn(async move {
                    let over = router.see_through(&message, step).await;
                    ask.answer(outcome_of(&router, &over));
                    drop((room, one));
                });
                return;
            }
        };
        match entrance.ask(incoming::of(call), &self.doorstep) {
            Entered::Ended(over) => ask.answer(outcome_of(&self.router, &over)),
            Entered::Under(answering) => {
                // what lasts so long has a limit of its own, and is not to take the room of calls
                let (router, room) = (self.router.clone(), (!is_bond).then(|| room.split(payload.len())));
                let (ask, one) = (ask.later(), slot.map(|_| self.router.under_way.begin()));
                self.runtime.spawn(async move {
                    let over = answering.await;
                    ask.answer(outcome_of(&router, &over));
                    drop((room, one));
                });
            }
        }
    }

    fn tell(&self, entrance: &Entrance, call: &Call<'_>, payload: &Bytes, room: &mut Hold) -> Result<(), NotRun> {
        let message = || Arc::new(incoming::message(entrance, call, payload));
        let from = self.from;
        let _entering = match self.let_in::<Tell>(call, message) {
            LetIn::Enters(entering) => entering,
            LetIn::Queues(message, step) => {
                let (router, room) = (self.router.clone(), self.room_of(&message, payload, room));
                self.runtime.spawn(async move {
                    router.see_told(&message, step).await.unwrap_or_else(|why| untold(from, &why));
                    drop(room);
                });
                return Ok(());
            }
        };
        match entrance.tell(incoming::of(call), &self.doorstep) {
            Entered::Ended(end) => end,
            Entered::Under(telling) => {
                let actor = Actor::new(entrance.service(), call.key);
                let bytes = payload.len();
                let wait = call.place.slot().map(|slot| self.wait(slot, actor, bytes));
                let room = (!wait.as_ref().is_some_and(Wait::has_own_room)).then(|| room.split(bytes));
                self.runtime.spawn(async move {
                    telling.await.unwrap_or_else(|why| untold(from, &why));
                    drop((room, wait));
                });
                Ok(())
            }
        }
    }

    /// A tell has found a mailbox full, and waits.
    fn wait(&self, slot: Slot, actor: Actor, bytes: usize) -> Wait {
        let wait = self.waits.begin(actor, bytes);
        if wait.is_to_be_told {
            self.router.say_crowded(self.from, slot, actor);
        }
        wait
    }

    /// Whether it can go to its actor; else it has its place in the order of its slot.
    fn let_in<C: Course>(&self, call: &Call<'_>, message: impl FnOnce() -> Arc<Message>) -> LetIn<C> {
        match call.place.slot() {
            Some(slot) if !self.router.is_clear(slot) && !Planted::SkippedEpochCheck.is_planted() => {
                self.router.let_in((slot, epoch_of(call.place)), self.from, message)
            }
            _ => LetIn::Enters(Entering::FREELY),
        }
    }

    /// The room on its lane that a message takes which is kept. It gets it back for room among what queues, if there is
    /// any: what it waits for may have to come on the same lane.
    fn room_of(&self, message: &Message, payload: &Bytes, room: &mut Hold) -> Option<Hold> {
        (!self.router.has_room(message)).then(|| room.split(payload.len()))
    }

    fn flush(&self, call: &Call<'_>, ask: Due<'_>) {
        let (Some(slot), Some(known)) = (call.place.slot(), asks_of(call)) else {
            return self.refuse(Some(ask), "a flush of no slot".to_owned());
        };
        let (router, epoch, ask) = (self.router.clone(), epoch_of(call.place), ask.later());
        self.runtime.spawn(async move {
            router.flushed(slot, epoch, Epoch(known)).await;
            let epoch = router.table.load().epoch();
            ask.answer(|out| outcome::write_flushed(epoch, out));
        });
    }

    fn say_when_there_is_room(&self, call: &Call<'_>, ask: Due<'_>) {
        let Some(actor) = asks_of(call).map(Actor) else {
            return self.refuse(Some(ask), "room for no actor".to_owned());
        };
        let (router, waits, ask) = (self.router.clone(), self.waits.clone(), ask.later());
        self.runtime.spawn(async move {
            waits.until_none(actor).await;
            let epoch = router.table.load().epoch();
            ask.answer(|out| outcome::write_flushed(epoch, out));
        });
    }

    /// The way in for a call, if its caller may still make any.
    fn checked<'e>(&self, call: &Call<'_>, open: &'e [Entrance]) -> Result<&'e Entrance, NotRun> {
        if let Some(caller) = &call.caller {
            check_caller(&self.router.table.load(), caller.place)?;
        }
        match open.get(call.target as usize) {
            Some(entrance) => Ok(entrance),
            None if open.is_empty() => Err(NotRun::ShuttingDown),
            None => Err(refused(format!("method {} was not in the catalogue", call.target))),
        }
    }

    /// Nothing is closed for it, and who asks gets to know.
    fn refuse(&self, ask: Option<Due<'_>>, why: String) {
        if self.spoke.is_due() {
            tracing::warn!(from = %self.from, %why, "what came is no call");
        }
        if let Some(ask) = ask {
            ask.answer(outcome_of(&self.router, &Err(refused(why).into())));
        }
    }

    fn untold(&self, why: &NotRun) {
        if self.spoke.is_due() {
            untold(self.from, why);
        }
    }
}

impl Chore for Inbound {
    /// Begins the calls on the thread that read them, as if it were one of the services': a handler that ends at once is
    /// answered without any thread being woken.
    fn run(self: Arc<Self>) {
        let _here = self.runtime.enter();
        let mut attending = Box::pin(self.clone().attend(AT_ONCE));
        if attending.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() {
            self.runtime.spawn(attending);
        }
    }

    fn hand_over(self: Arc<Self>) {
        let runtime = self.runtime.clone();
        runtime.spawn(self.attend(usize::MAX));
    }
}

/// Whoever has lost its key to another node has no say any more.
///
/// # Errors
/// [`NotRun::Fenced`].
fn check_caller(table: &SlotTable, caller: Place) -> Result<(), NotRun> {
    let (Some(slot), held) = (caller.slot(), epoch_of(caller)) else { return Ok(()) };
    match table.is_fenced(slot, held) {
        true => Err(NotRun::Fenced { held: held.0, current: table.epoch().0 }),
        false => Ok(()),
    }
}

/// Nobody waits for it, so it is said here.
fn untold(from: Life, why: &NotRun) {
    tracing::warn!(%from, %why, "a tell of another node was not delivered");
}

/// What writes the answer to an ask.
fn outcome_of(router: &Router, over: &Answered) -> impl FnOnce(&mut Vec<u8>) {
    let epoch = router.table.load().epoch();
    move |out| outcome::write(over, epoch, out)
}

/// The tenure by which a caller found its actor, or under which it lives itself.
fn epoch_of(place: Place) -> Epoch {
    match place {
        Place::Any => Epoch(0),
        Place::Key { epoch, .. } | Place::Unique { epoch, .. } => epoch,
    }
}

fn refused(why: String) -> NotRun {
    NotRun::Unreachable { node: "this one".into(), reason: why.into() }
}

#[cfg(test)]
mod tests {
    use consort_protocol::cluster::slots::{SlotState, Tenure};
    use consort_protocol::cluster::{Generation, NodeId};

    use super::*;

    fn tenure(id: u64, since: u64) -> Tenure {
        Tenure { life: Life { id: NodeId::new(id).unwrap(), generation: Generation(1) }, since: Epoch(since) }
    }

    #[test]
    fn a_caller_whose_key_another_node_has_by_now_is_refused() {
        let (slot, of) = (Slot::of_hash(7), |epoch| Place::Key { hash: 7, epoch: Epoch(epoch) });
        let owned = SlotTable::default().with([(slot, SlotState::Owned(tenure(1, 1)))]);
        assert_eq!(check_caller(&owned, of(1)), Ok(()));
        let moving = owned.with([(slot, SlotState::Moving { from: tenure(1, 1), to: tenure(2, 2) })]);
        assert_eq!(check_caller(&moving, of(1)), Ok(()), "it may act until it has let go");
        let moved = moving.settle([(slot, tenure(2, 2))]).unwrap();
        assert_eq!(check_caller(&moved, of(1)), Err(NotRun::Fenced { held: 1, current: 3 }));
        assert_eq!(check_caller(&moved, of(2)), Ok(()));
        assert_eq!(check_caller(&moved, of(9)), Ok(()), "what this node has not heard of yet is not refused");
        assert_eq!(check_caller(&moved, Place::Any), Ok(()));
    }
}
