//! The quick way of calls that came from another node with nothing beside their arguments: without a future of their own
//! as long as there is nothing to wait for.

use std::sync::Arc;
use std::task::Context;

use crate::engine::asking::Asking;
use crate::engine::cell::Cell;
use crate::engine::frame::Outcome;
use crate::engine::inline::invoke;
use crate::engine::local;
use crate::engine::observe::{ended_unsent, is_observed};
use crate::engine::push::{Unsent, send};
use crate::engine::send::{Asked, Request, ask};
use crate::error::NotRun;
use crate::service::{Method, Service};

/// What became of an ask.
pub(crate) enum Arrived<S: Method<N>, const N: usize> {
    Ended(Outcome<S, N>),
    /// It has its place.
    Under(Asking<S, N>),
    /// It has to wait for room, or is looked at: another way is for it.
    Refused(S::Args),
}

impl Request {
    /// Whether the quick way may be tried for a call of this actor: nothing is kept of it that would be lost if there is
    /// no room.
    fn is_quick<S: Service>(&self, cell: &Cell<S>) -> bool {
        self.is_plain() && !is_observed(&cell.kind) && cell.kind.callers.entrance().is_none()
    }
}

/// Lets an ask in, and runs its handler here and now if its actor is idle. The waker is that of who waits, who polls it
/// again with another one.
pub(crate) fn ask_arrived<S: Method<N>, const N: usize>(
    cell: &Arc<Cell<S>>,
    arguments: S::Args,
    request: &Request,
    cx: &mut Context<'_>,
) -> Arrived<S, N> {
    if !request.is_quick(cell) {
        return Arrived::Refused(arguments);
    }
    match local::with(|local| ask(local, cell, arguments, Some(request), None, false, cx)) {
        Asked::Ready(outcome) => Arrived::Ended(outcome),
        Asked::Waiting(asking) => Arrived::Under(asking),
        Asked::Full(full) => Arrived::Refused(full.arguments),
        // what came from another node is not sent on
        Asked::Away(_) => Arrived::Ended(Err(NotRun::ShuttingDown.into())),
    }
}

/// Lets a tell in, if that takes no waiting.
///
/// # Errors
/// The arguments: it has to wait for room, or is looked at.
pub(crate) fn tell_arrived<S: Method<N>, const N: usize>(
    cell: &Arc<Cell<S>>,
    arguments: S::Args,
    request: &Request,
) -> Result<Result<(), NotRun>, S::Args> {
    if !request.is_quick(cell) {
        return Err(arguments);
    }
    match send(cell, arguments, Some(request), invoke::<S, N>, None, false) {
        Err(Unsent::Full(full)) => Err(full.arguments),
        Err(Unsent::Refused(why)) => {
            ended_unsent::<S, N>(cell, &why);
            Ok(Err(why))
        }
        // it would not be sent on
        Ok(()) | Err(Unsent::Parting(_)) => Ok(Ok(())),
    }
}
