//! [`Departure`]: how the activations of slots leave the node.

use std::collections::BTreeSet;
use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::slots::{SLOTS, Slot};
use consort_runtime::remote::{Placement, Sealed, Slots, Snapshot};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::snapshots::Left;
use crate::planted::Planted;
use crate::routing::{Router, slot_of};

/// What a hand-off gives to handlers that run: see
/// [`HandOffConfig`](consort_protocol::cluster::slots::handoff::HandOffConfig).
const DRAIN: Duration = Duration::from_secs(10);

/// Each look goes over all actors of the node. So long at least it waits for further slots to look for.
const LOOK: Duration = Duration::from_millis(1);

/// Which slots.
pub(super) struct Set(Box<[bool]>);

impl Set {
    pub(super) fn of(slots: &[Slot]) -> Self {
        let mut set = vec![false; usize::from(SLOTS)];
        slots.iter().for_each(|slot| set[usize::from(slot.number())] = true);
        Set(set.into())
    }

    pub(super) fn has(&self, placement: Placement) -> bool {
        slot_of(placement).is_some_and(|slot| self.0[usize::from(slot.number())])
    }
}

/// Slots whose activations leave. None of them waits for the handlers of another one.
pub(super) struct Departure {
    runtime: Slots,
    /// Gets what they leave.
    left: Arc<Left>,
    leaving: Leaving,
    /// What was told to end, and not waited for yet.
    sealed: Sealed,
    /// How long the last look for them took.
    looked: Duration,
    deadline: Instant,
}

impl Departure {
    /// Tells the activations to end. Ends with the departure, whatever becomes of it.
    pub(super) fn begin(runtime: Slots, router: Arc<Router>, left: Arc<Left>, slots: Vec<Slot>) -> Self {
        let sealed = seal(&runtime, &slots);
        let leaving = Leaving { router, slots: slots.into_iter().collect() };
        Departure { runtime, left, leaving, sealed, looked: LOOK, deadline: Instant::now() + DRAIN }
    }

    /// Says of each slot when nothing of it runs, and the next owner has what waited.
    pub(super) async fn run(mut self, left: mpsc::Sender<Slot>) {
        let (mut ending, mut parting) = (JoinSet::new(), JoinSet::new());
        let slots = self.leaving.slots.iter().copied().collect();
        // who saw a slot open may not have come to its actor yet: so each of them is looked for twice
        for slot in self.look(slots, &mut ending) {
            ending.spawn(ready((slot, Vec::new())));
        }
        while let Some(first) = ending.join_next().await {
            // looking takes half of the time at most
            sleep(self.looked.max(LOOK)).await;
            let others = std::iter::from_fn(|| ending.try_join_next());
            let mut looked_for = Vec::new();
            for (slot, snapshots) in std::iter::once(first).chain(others).flatten() {
                self.keep(snapshots);
                looked_for.push(slot);
            }
            let begun = Instant::now();
            self.leaving.router.begin_to_look(&looked_for);
            if !Planted::BondsLeftBehind.is_planted() {
                self.sealed = seal(&self.runtime, &looked_for);
            }
            self.looked = begun.elapsed();
            let gone = self.look(looked_for, &mut ending);
            let (gone, again) = self.leaving.have_left(gone, self.deadline);
            for slot in gone {
                parting.spawn(part(self.leaving.router.clone(), slot, left.clone()));
            }
            for slot in again {
                ending.spawn(ready((slot, Vec::new())));
            }
        }
        parting.join_all().await;
    }

    /// Which of the slots have nothing more that runs. What the others have is waited for.
    fn look(&mut self, slots: Vec<Slot>, ending: &mut JoinSet<Ended>) -> Vec<Slot> {
        let sealed = std::mem::take(&mut self.sealed);
        if Planted::HandOffWithoutDrain.is_planted() || Instant::now() >= self.deadline {
            self.keep(sealed.into_snapshots());
            return slots;
        }
        let mut parts = sealed.by(slot_of);
        let (mut gone, deadline) = (slots, self.deadline);
        gone.retain(|slot| match parts.remove(&Some(*slot)) {
            Some(part) if part.count() > 0 => {
                ending.spawn(end(*slot, part, deadline));
                false
            }
            rest => {
                self.keep(rest.map(Sealed::into_snapshots).unwrap_or_default());
                true
            }
        });
        gone
    }

    fn keep(&self, snapshots: Vec<(Placement, Snapshot)>) {
        self.left.keep(snapshots, |slot| self.leaving.router.ownership.last(slot));
    }
}

/// A slot of which some activations have ended, and what they left.
type Ended = (Slot, Vec<(Placement, Snapshot)>);

/// Waits until these activations of the slot have ended. They end ahead of their mail, which is handed over after that:
/// so the slot has to be looked for again.
async fn end(slot: Slot, sealed: Sealed, deadline: Instant) -> Ended {
    let drained = sealed.drain(deadline).await;
    for actor in drained.cut_off.iter().chain(&drained.running) {
        tracing::warn!(%actor, "its key moves to another node, and it was cut off in the middle of a call");
    }
    (slot, drained.snapshots)
}

/// The next owner has all of it before it may open the slot.
async fn part(router: Arc<Router>, slot: Slot, left: mpsc::Sender<Slot>) {
    router.handed_over(slot).await;
    // an error is a node that has no slots any more
    let _ = left.send(slot).await;
}

fn seal(runtime: &Slots, slots: &[Slot]) -> Sealed {
    let set = Set::of(slots);
    runtime.seal(&|placement| set.has(placement))
}

/// Slots whose activations have not left yet.
struct Leaving {
    router: Arc<Router>,
    slots: BTreeSet<Slot>,
}

impl Leaving {
    /// These have; which of them, and which have to be looked for again.
    fn have_left(&mut self, gone: Vec<Slot>, deadline: Instant) -> (Vec<Slot>, Vec<Slot>) {
        let again = if Instant::now() < deadline {
            self.router.have_left(gone.clone())
        } else {
            self.router.are_cut_off(&gone);
            Vec::new()
        };
        let (again, gone): (Vec<Slot>, Vec<Slot>) = gone.into_iter().partition(|slot| again.contains(slot));
        gone.iter().for_each(|slot| _ = self.slots.remove(slot));
        (gone, again)
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        let rest: Vec<Slot> = std::mem::take(&mut self.slots).into_iter().collect();
        if !rest.is_empty() {
            self.router.are_cut_off(&rest);
        }
    }
}
