//! The task that looks after a slot of which something queues.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::slots::{Slot, SlotTable};
use consort_runtime::remote::Doorstep;
use tokio::sync::watch;
use tokio::task::coop::consume_budget;
use tokio::time::timeout;

use super::gate::Found;
use super::job::{Course, Job, Step, Work};
use super::way::{Hold, Way};
use crate::routing::peers::PeerLink;
use crate::routing::router::Router;

/// What queues is looked at so often, even if nothing is known to have changed: mailboxes get room, callers go.
const LOOK: Duration = Duration::from_millis(20);

/// The next thing to be done for a slot.
enum Next {
    /// This has its turn to come to an actor of this node.
    Enter(Job, Arc<Doorstep>),
    /// This has its turn to go to an owner.
    Send(Job, Found),
    /// A former owner is to say that all has arrived.
    Flush(Found),
    /// Nothing, for now.
    Wait,
    /// Nothing more: the slot is not busy any more.
    Done,
}

/// A former owner that was asked, and its answer.
type Flushing = (Found, Pin<Box<dyn Future<Output = ()> + Send>>);

impl Router {
    /// Something queues of the slot: from now on a task looks after it.
    pub(super) fn attend_to(self: &Arc<Self>, slot: Slot, way: &mut Way) {
        if !std::mem::replace(&mut way.is_attended, true) {
            self.ways.begin_busy(slot);
            self.runtime.spawn(attend(self.clone(), slot));
        }
    }

    /// There is a later table: the gates of slots that have another owner are shut.
    pub(crate) fn adopt(self: &Arc<Self>, next: Arc<SlotTable>) {
        // before: whoever finds an owner from here on finds the new one
        self.table.store(next.clone());
        for slot in Slot::all() {
            let owner = next.state(slot).owner();
            let follows = |way: &Way| way.gate.shut.is_none() && way.gate.to.as_ref().is_none_or(|to| to.is(owner));
            if !follows(&self.ways.way(slot).read()) {
                let mut way = self.ways.way(slot).write();
                way.gate.follow(owner);
                if way.gate.shut.is_some() {
                    self.attend_to(slot, &mut way);
                }
            }
        }
        self.changed();
    }

    /// These are the other nodes. Whatever was sent to one that is gone is lost, or comes back: nothing is flushed for it.
    pub(crate) fn meet(self: &Arc<Self>, peers: impl IntoIterator<Item = Arc<PeerLink>>) {
        self.peers.set(peers);
        for slot in Slot::all() {
            let mut way = self.ways.way(slot).write();
            way.gate.forget(|found| !self.peers.has(&found.peer));
            if way.gate.shut.is_some() {
                self.attend_to(slot, &mut way);
            }
        }
        self.changed();
    }

    fn next(self: &Arc<Self>, slot: Slot, asked: Option<&Found>) -> Next {
        let mut way = self.ways.way(slot).write();
        if let Some(next) = self.next_held(slot, &mut way) {
            return next;
        }
        if let Some(next) = self.next_sent(slot, &mut way, asked) {
            return next;
        }
        if way.hold.is_some() || way.gate.shut.is_some() {
            way.prune();
            return Next::Wait;
        }
        way.is_attended = false;
        self.ways.end_busy(slot);
        Next::Done
    }

    /// What is held comes to its actors once the slot is open. Once it is another node's, it goes to the gate.
    fn next_held(&self, slot: Slot, way: &mut Way) -> Option<Next> {
        let hold = way.hold.as_mut()?;
        if self.ownership.since(slot).is_none() {
            self.hand_on(slot, way);
            return None;
        }
        match hold.pop() {
            Some(job) => return Some(Next::Enter(job, hold.doorstep.clone())),
            // who stands on the doorstep must not be passed
            None if hold.doorstep.is_clear() => way.hold = None,
            None => {}
        }
        None
    }

    /// What is held for a slot that is another node's queues at the gate, behind what waited in mailboxes here. It takes
    /// its place at once: by way of its actor it would be nowhere for a moment, and a flush would not wait for it.
    pub(super) fn hand_on(&self, slot: Slot, way: &mut Way) {
        let table = self.table.load();
        let is_theirs = table.owner(slot).is_some_and(|owner| owner != self.me);
        let is_over = |hold: &mut Box<Hold>| is_theirs && table.epoch() >= hold.epoch && hold.doorstep.is_clear();
        if way.leaving == 0
            && let Some(hold) = way.hold.take_if(is_over)
        {
            let epoch = hold.epoch;
            way.gate.shut().hand_on(hold.take(), epoch);
        }
    }

    /// What queues at the gate goes on once the former owner has answered.
    fn next_sent(&self, slot: Slot, way: &mut Way, asked: Option<&Found>) -> Option<Next> {
        let owner = self.table.load().state(slot).owner();
        way.gate.follow(owner);
        let Way { gate, hold, leaving, .. } = way;
        let is_leaving = *leaving > 0;
        let queue = gate.shut.as_mut()?;
        if let Some(former) = &queue.former {
            return (asked != Some(former)).then(|| Next::Flush(former.clone()));
        }
        if owner.is_some_and(|owner| owner.life == self.me) {
            let jobs = queue.take();
            gate.shut = None;
            hold.get_or_insert_default().extend(jobs);
            return self.next_held(slot, way);
        }
        if hold.is_some() {
            // it was here before
            return None;
        }
        let found = self.found(owner).ok()?;
        match queue.pop(is_leaving) {
            Some(job) => {
                queue.passing = Some(found.clone());
                return Some(Next::Send(job, found));
            }
            None if is_leaving => {}
            None => {
                gate.shut = None;
                gate.to = Some(found);
            }
        }
        None
    }

    fn note_flushed(&self, slot: Slot, asked: &Found) {
        if let Some(queue) = &mut self.ways.way(slot).write().gate.shut {
            queue.former.take_if(|former| former == asked);
        }
    }

    fn enter(&self, job: Job, doorstep: &Arc<Doorstep>) {
        match job.work {
            Work::Ask(message, back) => back.go_on(|| self.step_in(&message, doorstep)),
            Work::Tell(message, back) => back.go_on(|| self.step_in(&message, doorstep)),
            // whoever does not wait any more needs no answer
            Work::Flush(back) => _ = back.send(()),
        }
    }

    pub(super) fn send_on(self: &Arc<Self>, slot: Slot, job: Job, found: &Found) {
        match job.work {
            Work::Ask(message, back) => back.go_on(|| sent(self.send(slot, found, &message))),
            Work::Tell(message, back) => back.go_on(|| sent(self.send(slot, found, &message))),
            Work::Flush(back) => {
                let flushing = self.flush(slot, found);
                self.runtime.spawn(async move {
                    flushing.await;
                    // as above
                    let _ = back.send(());
                });
            }
        }
    }
}

fn sent<C: Course>(step: Option<Step<C>>) -> Step<C> {
    step.unwrap_or(Step::Wait("the slot's owner has not said yet what it serves"))
}

async fn attend(router: Arc<Router>, slot: Slot) {
    let mut changes = router.changes.subscribe();
    let mut flushing: Option<Flushing> = None;
    loop {
        changes.borrow_and_update();
        match router.next(slot, flushing.as_ref().map(|(asked, _)| asked)) {
            Next::Enter(job, doorstep) => router.enter(job, &doorstep),
            Next::Send(job, found) => router.send_on(slot, job, &found),
            Next::Flush(former) => {
                let answered = Box::pin(router.flush(slot, &former));
                flushing = Some((former, answered));
            }
            Next::Wait => wait(&router, slot, &mut changes, &mut flushing).await,
            Next::Done => return,
        }
        consume_budget().await;
    }
}

/// Waits until something may have changed.
async fn wait(router: &Router, slot: Slot, changes: &mut watch::Receiver<u64>, flushing: &mut Option<Flushing>) {
    let changed = timeout(LOOK, changes.changed());
    match flushing {
        // both ends mean the same: look again
        None => _ = changed.await,
        Some((asked, answered)) => tokio::select! {
            () = answered => {
                router.note_flushed(slot, asked);
                *flushing = None;
            }
            _ = changed => {}
        },
    }
}
