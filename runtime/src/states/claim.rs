//! [`Claim`]: what an activation has of the store.

use std::sync::Arc;

use bytes::Bytes;
use consort_state::{Claimed, Fence, StateError, StateKey, StateStore};
use parking_lot::Mutex;
use tokio::sync::Mutex as Turns;

use super::{NotClaimed, STATE_MAX};
use crate::engine::Occupant;
use crate::error::SaveError;

/// Under which fence the activation saves; that of the last one until the next has claimed. Not of an actor whose state is
/// not kept.
#[derive(Default)]
pub(crate) struct Claim(Mutex<Option<Held>>);

#[derive(Clone)]
struct Held {
    fence: Fence,
    /// A save goes on if its handler is ended meanwhile. The next one waits for it, so that it cannot be overtaken.
    turns: Arc<Turns<()>>,
}

/// Claims the state of the actor for an activation that starts, and returns what was saved last. The claim comes to its
/// end also if nobody waits for it any more.
///
/// # Errors
/// As [`StateStore::claim`], with the epoch under which it was to be claimed.
pub(crate) async fn claimed(store: &Arc<dyn StateStore>, actor: &dyn Occupant) -> Result<Option<Bytes>, NotClaimed> {
    let (store, service, path, epoch) = (store.clone(), actor.service(), actor.path(), actor.fence());
    let claiming = tokio::spawn(async move { store.claim(StateKey { service, path: &path }, epoch).await });
    let claimed = claiming.await.unwrap_or_else(|died| Err(gone(&died)));
    let Claimed { fence, state } = claimed.map_err(|error| NotClaimed { epoch, error })?;
    *actor.side().claim.0.lock() = Some(Held { fence, turns: Arc::default() });
    Ok(state)
}

/// Saves a state under the claim of the activation. It comes to its end also if nobody waits for it any more.
///
/// # Errors
/// See [`SaveError`].
pub(crate) async fn put(actor: &dyn Occupant, state: Bytes) -> Result<(), SaveError> {
    let store = actor.store().cloned();
    let held = actor.side().claim.0.lock().clone();
    let (Some(store), Some(Held { fence, turns })) = (store, held) else { return Err(SaveError::NotKept) };
    if state.len() > STATE_MAX {
        let reason = format!("it has {} bytes, and {STATE_MAX} can be saved", state.len());
        return Err(SaveError::Unfit { reason: reason.into() });
    }
    let (service, path) = (actor.service(), actor.path());
    let turn = turns.lock_owned().await;
    let saving = tokio::spawn(async move {
        let saved = store.save(StateKey { service, path: &path }, fence, state).await;
        drop(turn);
        saved
    });
    match saving.await.unwrap_or_else(|died| Err(gone(&died))) {
        Ok(()) => Ok(()),
        Err(StateError::Fenced { newest }) => Err(SaveError::Fenced { newest }),
        Err(error) => Err(SaveError::Store { reason: error.to_string().into() }),
    }
}

/// The store panicked, or the runtime has ended.
fn gone(died: &tokio::task::JoinError) -> StateError {
    StateError::Failed { reason: format!("the store did not answer: {died}"), source: None }
}
