//! Telling a live activation that its configuration has changed.
//!
//! What it was not told yet stands beside its mailbox, as one change; a signal says that there is something. So an
//! actor that is busy has at most one change waiting, and the newest values in it.
//!
//! Whoever changes the configuration looks at the state of each actor and passes over those without activation. None
//! that has read the old values is missed: reading takes the lock under which the new ones were put, so whoever read
//! before that had entered `Starting` before, and is seen to have.

use std::sync::Arc;

use parking_lot::Mutex;

use crate::engine::cell::{Cell, downcast};
use crate::engine::cx::Cx;
use crate::engine::life::{Home, Operation, guarded};
use crate::engine::mail::Signal;
use crate::service::{LifeState, Service};
use crate::settings::AnyChange;
use crate::supervision::ExitReason;

/// What an activation was not told yet.
#[derive(Default)]
pub(crate) struct Untold(Mutex<Option<AnyChange>>);

impl Untold {
    /// Adds a change; true if there was none.
    fn add(&self, change: &AnyChange, joined: impl FnOnce(&AnyChange, &AnyChange) -> AnyChange) -> bool {
        let mut untold = self.0.lock();
        let both = untold.as_ref().map(|first| joined(first, change));
        let is_first = both.is_none();
        *untold = both.or_else(|| Some(change.clone()));
        is_first
    }

    fn take(&self) -> Option<AnyChange> {
        self.0.lock().take()
    }
}

impl<S: Service> Cell<S> {
    /// Sees to it that the activation, if there is one, is told of the change ahead of mail: alone, or joined to the one
    /// it was not told yet.
    pub(crate) fn configure(self: &Arc<Self>, change: &AnyChange, joined: fn(&AnyChange, &AnyChange) -> AnyChange) {
        let is_live = matches!(self.life(), LifeState::Starting | LifeState::Running);
        if is_live && self.make_side().untold.add(change, joined) {
            self.signal(Signal::Configured);
        }
    }

    /// A start reads the newest values: its activation need not be told of what came before. Owner only.
    pub(in crate::engine) fn forget_untold(&self) {
        if let Some(side) = self.existing_side() {
            drop(side.untold.take());
        }
    }

    /// The hook, if there is something to tell. Owner only.
    pub(in crate::engine) fn telling(self: &Arc<Self>) -> Option<Operation> {
        let change = self.existing_side()?.untold.take()?;
        let hook = S::config()?.hook.filter(|_| self.is_live())?;
        let cell = Home::of(self);
        Some(Operation::new(None, async move {
            // SAFETY: operations run under ownership of the cell. The box keeps the borrow across the hook's awaits;
            // nothing else reaches the instance while an operation runs.
            let Some(instance) = (unsafe { (*cell.instance.get()).as_mut() }) else { return };
            let told = guarded(hook(instance, &Cx::of(&*cell), &change)).await;
            if let (Err(error), Some(cell)) = (told, downcast::<S>(&*cell)) {
                cell.crash(ExitReason::Panic(error.message().into()));
            }
        }))
    }
}
