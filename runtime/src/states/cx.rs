//! [`Cx::save`].

use std::any::TypeId;

use super::put;
use crate::engine::Cx;
use crate::error::{HookError, SaveError};
use crate::service::Service;
use crate::supervision::ExitReason;

impl Cx {
    /// Saves the state of this actor in the store of its node: what its `#[snapshot]` hook returns now. When it ends with
    /// `Ok`, an activation that starts later has it, also after this node has crashed, and also on another node if all
    /// have one store. The hook runs in the middle of the actor's life then, and has to leave the actor as it is.
    ///
    /// ```
    /// # use consort_runtime::{Cx, service};
    /// #[derive(Default)]
    /// struct Counter { total: u64 }
    ///
    /// #[service(name = "counter", key = "/counter/{name}", stateful, crate = "consort_runtime")]
    /// impl Counter {
    ///     #[snapshot]
    ///     async fn snapshot(&self) -> u64 { self.total }
    ///
    ///     #[restore]
    ///     async fn restore(&mut self, total: u64) { self.total = total }
    ///
    ///     pub async fn add(&mut self, cx: &Cx, by: u64) -> Result<u64, String> {
    ///         self.total += by;
    ///         cx.save(self).await.map_err(|error| error.to_string())?;
    ///         Ok(self.total)
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    /// [`SaveError::Fenced`] if another activation has claimed the state: this one ends after its handler, and the caller is
    /// not to be told of success. [`SaveError::Store`] if the store failed. See [`SaveError`] for all.
    ///
    /// # Cancel safety
    /// Once it has begun, dropping it does not stop it: the state is saved, or refused, without anybody being told.
    pub async fn save<S: Service>(&self, actor: &mut S) -> Result<(), SaveError> {
        if self.occupant().service_type() != TypeId::of::<S>() || self.occupant().store().is_none() {
            return Err(SaveError::NotKept);
        }
        let state = actor.snapshot(self).await.map_err(unwritten)?;
        let saved = put(self.occupant(), state.into()).await;
        if let (Err(error @ SaveError::Fenced { .. }), Some(actor)) = (&saved, self.occupant().partner().upgrade()) {
            actor.end_for(ExitReason::Lost(error.to_string().into()));
        }
        saved
    }
}

/// The hook had no state to give.
pub(crate) fn unwritten(error: HookError) -> SaveError {
    SaveError::Unfit { reason: error.message().into() }
}
