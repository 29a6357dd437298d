//! The trait.

use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;

use crate::{Fence, StateError};

/// An operation of a store.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Whose state it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateKey<'a> {
    /// The name of the service.
    pub service: &'a str,
    /// The key of the actor in its printed form: `/counter/orders`.
    pub path: &'a str,
}

/// What an activation has that claimed a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// Under which it may save.
    pub fence: Fence,
    /// What was saved last; `None` if nothing ever was.
    pub state: Option<Bytes>,
}

/// Keeps the states of actors, and keeps out who has lost them to another.
///
/// A store knows nothing of services: a state is bytes. It has one duty beyond keeping: for each key it remembers the
/// newest [`Fence`], for ever, and *whoever does not have that one is refused*. It checks and writes at once: with a
/// transaction, or with one conditional statement.
///
/// ```sql
/// -- claim($epoch): a row, or the fence there is
/// INSERT INTO states (service, path, epoch, turn) VALUES ($service, $path, $epoch, 1)
/// ON CONFLICT (service, path) DO UPDATE SET epoch = $epoch, turn = states.turn + 1 WHERE states.epoch <= $epoch
/// RETURNING epoch, turn, state;
/// -- save($fence): one row, or the fence there is
/// UPDATE states SET state = $state
/// WHERE service = $service AND path = $path AND epoch = $fence_epoch AND turn = $fence_turn;
/// ```
///
/// The operations are async, because most stores of several nodes are reached over a network, and thousands of actors
/// save at a time. One that blocks does so on a thread made for that.
///
/// # Cancel safety
///
/// Consort does not drop a future before it ends, and waits for a save before it makes the next one of the same claim. Each
/// has to end within a bounded time, with [`StateError::Unavailable`] if it has to: an activation that starts, or ends,
/// waits for it.
///
/// An implementation has to pass `testing::conformance`, and a durable one `testing::durability`.
pub trait StateStore: Send + Sync + 'static {
    /// Claims the state of an actor for an activation on a node that owns it under this epoch. The fence is newer than
    /// all before it: its epoch is this one, its turn the next. It outlives what states outlive.
    ///
    /// # Errors
    ///
    /// [`StateError::Fenced`] if the newest fence has a later epoch; nothing is changed then. Of any other error it is not
    /// known whether the claim was made, and nothing is lost if it was: the next one is newer.
    fn claim<'a>(&'a self, key: StateKey<'a>, epoch: u64) -> Pending<'a, Result<Claimed, StateError>>;

    /// Puts a state in the place of the one before. When it ends with `Ok`, the state outlives what the store says it
    /// outlives.
    ///
    /// # Errors
    ///
    /// [`StateError::Fenced`] if `fence` is not the newest; nothing is changed then. Of any other error it is not known
    /// whether the state was saved: it is there wholly or not at all.
    fn save<'a>(&'a self, key: StateKey<'a>, fence: Fence, state: Bytes) -> Pending<'a, Result<(), StateError>>;
}

impl<S: StateStore + ?Sized> StateStore for Arc<S> {
    fn claim<'a>(&'a self, key: StateKey<'a>, epoch: u64) -> Pending<'a, Result<Claimed, StateError>> {
        (**self).claim(key, epoch)
    }

    fn save<'a>(&'a self, key: StateKey<'a>, fence: Fence, state: Bytes) -> Pending<'a, Result<(), StateError>> {
        (**self).save(key, fence, state)
    }
}
