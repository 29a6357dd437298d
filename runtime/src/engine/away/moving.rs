//! How an activation ends whose key moves to another node, or was lost to one.

use std::ptr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use tokio::sync::oneshot;
use tracing::Level;

use crate::engine::Cell;
use crate::engine::cx::Cx;
use crate::engine::life::{Home, Operation, drop_caught, guarded, stop};
use crate::engine::mail::Signal;
use crate::engine::occupant::Occupant;
use crate::engine::word::COLD;
use crate::error::Unknown;
use crate::remote::{Farewell, Snapshot, WATCH};
use crate::service::{LifeState, Service};
use crate::supervision::ExitReason;

/// Where the state of an activation goes that leaves.
pub(in crate::engine) type Heir = oneshot::Sender<Option<Bytes>>;

impl<S: Service> Cell<S> {
    /// Tells the activation to leave, if there is one or may be one soon: where it lives was decided before.
    pub(crate) fn leave(self: &Arc<Self>) -> Option<Farewell> {
        if self.is_at_rest() {
            self.note_departure();
            return None;
        }
        let (heir, state) = oneshot::channel();
        self.signal(Signal::Leave(heir));
        let cell = self.clone();
        let cut = Box::new(move || {
            cell.fence();
        });
        let (service, version) = (S::INFO.name, S::INFO.version);
        let (path, placement) = (Occupant::path(&**self), self.placement());
        Some(Farewell { service, version, path, placement, state, cut })
    }

    /// Ends the activation where it is; false if there is none. Nobody waits here for how it ends.
    pub(crate) fn fence(self: &Arc<Self>) -> bool {
        self.part();
        self.note_departure();
        if self.is_at_rest() {
            return false;
        }
        self.signal_at_once(Signal::Fence);
        true
    }

    /// Those who watch it are to watch it where it goes.
    pub(crate) fn part(self: &Arc<Self>) {
        let bonds = &self.kind.common.bonds;
        if bonds.any() && bonds.depart(&self.label().into(), |watcher| watcher.starts_with(WATCH)) {
            self.follow(Some(Occupant::fence(&**self)));
        }
    }

    fn note_departure(&self) {
        if let Some(side) = self.existing_side() {
            side.exit.note_departure();
        }
    }

    /// Nobody owns it and nothing lives or waits in it. Whoever takes it from now on sees what was decided before: both
    /// go through the word.
    pub(crate) fn is_at_rest(&self) -> bool {
        let bits = self.word.lock().bits;
        bits == COLD && self.life() != LifeState::Running
    }

    /// The operation that ends an activation which leaves. Owner only.
    pub(in crate::engine) fn leaving(self: &Arc<Self>, heir: Heir) -> Operation {
        let cell = Home::of(self);
        Operation::new(None, async move {
            let state = handed_over(&cell).await;
            stop(&cell, LifeState::NotStarted, None).await;
            let _ = heir.send(state);
        })
    }

    /// Whether the activation is to end where it is. Owner only.
    #[inline]
    pub(in crate::engine) fn is_fenced(&self) -> bool {
        self.make_side().owner.news.signalled.load(Ordering::Relaxed) && self.take_fence()
    }

    #[cold]
    fn take_fence(&self) -> bool {
        self.take_signal_if(|signal| matches!(signal, Signal::Fence)).is_some()
    }

    /// Ends the activation with all that it does: it must not act any more. Owner only.
    pub(in crate::engine) fn end_fenced(self: &Arc<Self>) {
        self.kind.say(Level::WARN, || {
            tracing::warn!(actor = %self.label(), activation = %self.activation(), "an activation was cut off: its key is another node's");
        });
        // SAFETY: the caller owns the cell; a parked frame holds a future.
        unsafe {
            let parked = ptr::replace(self.parked.get(), ptr::null_mut());
            if !parked.is_null() {
                self.cut_short(parked, Unknown::Stopped);
            }
            self.desk().alarm = None;
            if let Some(operation) = self.desk().operation.take() {
                drop_caught(operation);
            }
        }
        self.end_suspended();
        self.make_side().tasks.abort();
        if let Some(instance) = self.uninstall() {
            drop_caught(instance);
            self.tell_of_its_state("it was cut off: its key is another node's");
        }
        self.sever("it was cut off: its key is another node's");
        self.set_life(LifeState::NotStarted, None);
        self.is_gone();
    }

    /// Ends those that are linked to it: this node has lost it.
    pub(crate) fn sever(&self, why: &str) {
        let bonds = &self.kind.common.bonds;
        if bonds.any() {
            bonds.sever(&self.label().into(), &ExitReason::Lost(why.into()));
        }
    }
}

impl<S: Service> Cell<S> {
    /// The activation ended without handing over what it had in memory.
    fn tell_of_its_state(&self, why: &str) {
        #[cfg(feature = "state")]
        if self.is_kept() {
            return self.kind.not_saved(&Occupant::path(self), why);
        }
        if S::INFO.has_snapshot {
            self.kind.lose(&Occupant::path(self), why);
        }
    }
}

/// The state of an activation that leaves, if it has one to hand over.
async fn handed_over<S: Service>(cell: &Cell<S>) -> Option<Bytes> {
    if !S::INFO.has_snapshot {
        return None;
    }
    #[cfg(feature = "state")]
    if cell.is_kept() {
        return cell.save_or_ship().await;
    }
    let cx = Cx::of(cell);
    // SAFETY: operations run under ownership of the cell; nothing else reaches the instance while one runs.
    let instance = unsafe { (*cell.instance.get()).as_mut() }?;
    let why = match guarded(instance.snapshot(&cx)).await {
        Ok(state) if state.len() <= Snapshot::STATE_MAX => return Some(state.into()),
        Ok(state) => format!("its state has {} bytes, and {} can move", state.len(), Snapshot::STATE_MAX),
        Err(error) => error.to_string(),
    };
    cell.kind.lose(&Occupant::path(cell), &why);
    None
}
