//! [`Away`]: the asker's side of a call that went to another node.

use std::marker::PhantomData;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::client::{Ended, ended};
use crate::engine::Cell;
use crate::engine::alarm::Alarm;
use crate::engine::envelope::Envelope;
use crate::engine::frame::Outcome;
use crate::error::Unknown;
use crate::remote::{Answering, unpack_outcome};
use crate::service::Method;

/// Waits for the answer of another node. Dropping it leaves the call there to run.
pub(in crate::engine) struct Away<S: Method<N>, const N: usize> {
    answering: Answering,
    envelope: Option<Arc<Envelope>>,
    alarm: Option<Alarm>,
    of: PhantomData<fn() -> S>,
}

impl<S: Method<N>, const N: usize> Away<S, N> {
    pub(super) fn new(answering: Answering, envelope: Option<Arc<Envelope>>) -> Self {
        Away { answering, envelope, alarm: None, of: PhantomData }
    }

    pub(in crate::engine) fn poll(&mut self, cell: &Arc<Cell<S>>, cx: &mut Context<'_>) -> Poll<Outcome<S, N>> {
        if let Poll::Ready(answer) = self.answering.as_mut().poll(cx) {
            let outcome = unpack_outcome::<S, N>(cell.kind.registry(), answer);
            self.end(ended(&outcome));
            return Poll::Ready(outcome);
        }
        if self.rings(cell, cx) {
            // whether it began there is not known here
            self.end(Ended::Failure);
            return Poll::Ready(Err(Unknown::TimedOut.into()));
        }
        Poll::Pending
    }

    fn rings(&mut self, cell: &Cell<S>, cx: &mut Context<'_>) -> bool {
        let Some(deadline) = self.envelope.as_deref().and_then(|envelope| envelope.deadline) else { return false };
        let alarm = self.alarm.get_or_insert_with(|| Alarm::set(cell.kind.runtime(), deadline, cx));
        alarm.rings(cx)
    }

    fn end(&self, how: Ended) {
        if let Some(envelope) = &self.envelope {
            envelope.end(how);
        }
    }
}

impl<S: Method<N>, const N: usize> Drop for Away<S, N> {
    fn drop(&mut self) {
        // of a call that has ended this says nothing more
        self.end(Ended::Abandoned);
    }
}
