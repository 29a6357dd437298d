//! What an activation has to do with the store of states: it takes up what was saved, and saves when it is put away.

use bytes::Bytes;

use crate::engine::cell::Cell;
use crate::engine::cx::Cx;
use crate::engine::life::guarded;
use crate::engine::occupant::Occupant;
use crate::error::{HookError, SaveError};
use crate::service::Service;
use crate::states::{NotClaimed, claimed, put, unwritten};

impl<S: Service> Cell<S> {
    /// Claims the state for the activation that starts, if it is kept.
    pub(in crate::engine) async fn claim(&self) -> Result<Option<Bytes>, HookError> {
        let Some(store) = &self.kind.store else { return Ok(None) };
        let not_claimed =
            |why: NotClaimed| HookError::new(format_args!("its state was not claimed: {why} [{}]", why.code()));
        claimed(store, self).await.map_err(not_claimed)
    }

    /// Saves what the instance leaves, if its state is kept. What its store does not take is left to the next activation
    /// here, in memory. Operations only.
    pub(in crate::engine) async fn save_last(&self) {
        let (state, error) = match self.saved().await {
            Ok(()) => return,
            Err(failed) => failed,
        };
        let path = Occupant::path(self);
        match state.filter(|_| error.is_retryable()) {
            Some(state) => {
                self.kind.heirs.insert(self.key.clone(), state);
                self.kind.not_saved(&path, &format!("{error}; its next activation on this node has it"));
            }
            None => self.kind.not_saved(&path, &error.to_string()),
        }
    }

    /// The same for one that leaves: returns what its store does not take, to go along.
    pub(in crate::engine) async fn save_or_ship(&self) -> Option<Bytes> {
        let (state, error) = self.saved().await.err()?;
        let state = state.filter(|_| error.is_retryable());
        if state.is_none() {
            self.kind.not_saved(&Occupant::path(self), &error.to_string());
        }
        state
    }

    async fn saved(&self) -> Result<(), (Option<Bytes>, SaveError)> {
        let cx = Cx::of(self);
        // SAFETY: operations run under ownership of the cell; nothing else reaches the instance while one runs.
        let instance = unsafe { (*self.instance.get()).as_mut() };
        let (Some(instance), true) = (instance, self.is_kept()) else { return Ok(()) };
        let state = guarded(instance.snapshot(&cx)).await.map_err(|error| (None, unwritten(error)))?;
        let state = Bytes::from(state);
        put(self, state.clone()).await.map_err(|error| (Some(state), error))
    }

    /// Whether the state of this actor is in a store.
    pub(in crate::engine) fn is_kept(&self) -> bool {
        self.kind.store.is_some() && !self.single
    }
}
