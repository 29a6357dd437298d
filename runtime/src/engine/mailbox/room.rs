//! Waiting for room in a full mailbox.

use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Instant;

use crate::client::Ended;
use crate::engine::alarm::Alarm;
use crate::engine::cell::Cell;
use crate::engine::envelope::Envelope;
use crate::error::NotRun;
use crate::service::Service;

/// Who is to be woken when there is room, under which ticket if it waited before.
#[derive(Clone, Copy)]
pub(in crate::engine) struct Wait<'a> {
    pub(in crate::engine) waker: &'a Waker,
    pub(in crate::engine) ticket: Option<u64>,
    /// Of the attempt before.
    pub(in crate::engine) before: Option<&'a Arc<Envelope>>,
}

/// A message that found no room.
pub(in crate::engine) struct Full<A> {
    pub(in crate::engine) arguments: A,
    /// Of the sender that waits; `None` if it does not.
    pub(in crate::engine) ticket: Option<u64>,
    pub(in crate::engine) deadline: Option<Instant>,
    /// The limit that was reached: of messages, or of bytes.
    pub(in crate::engine) limit: u32,
    /// Whoever asks waits for the actor, be it for room; and it says what the call has to do with limits, and its span.
    pub(in crate::engine) envelope: Option<Arc<Envelope>>,
}

/// A sender's place in the line for room. Dropping it leaves the line.
pub(in crate::engine) struct Place<'a, S: Service> {
    cell: &'a Arc<Cell<S>>,
    ticket: Option<u64>,
    alarm: Option<Alarm>,
    /// Keeps an ask listed among what its asker waits for, and knows the call's permit to pass.
    envelope: Option<Arc<Envelope>>,
}

impl<'a, S: Service> Place<'a, S> {
    #[cold]
    pub(in crate::engine) fn take<A>(cell: &'a Arc<Cell<S>>, full: &Full<A>, cx: &mut Context<'_>) -> Box<Self> {
        let alarm = full.deadline.map(|deadline| Alarm::set(cell.kind.runtime(), deadline, cx));
        Box::new(Place { cell, ticket: full.ticket, alarm, envelope: full.envelope.clone() })
    }

    /// Whether there is still time to try once more.
    pub(in crate::engine) fn check(&mut self, cx: &mut Context<'_>) -> Result<(), NotRun> {
        let rings = self.alarm.as_mut().is_some_and(|alarm| alarm.rings(cx));
        if let Some(envelope) = &self.envelope {
            // what is tried once more passes the entrance anew
            envelope.report(if rings { Ended::Failure } else { Ended::Abandoned });
        }
        if rings {
            self.cell.kind.expired();
            return Err(NotRun::Expired);
        }
        Ok(())
    }

    /// The envelope of the last attempt, if it had one.
    pub(in crate::engine) fn envelope(&self) -> Option<&Arc<Envelope>> {
        self.envelope.as_ref()
    }

    pub(in crate::engine) fn ticket(&self) -> Option<u64> {
        self.ticket
    }

    /// Waits on, after another attempt.
    pub(in crate::engine) fn renew<A>(&mut self, full: &Full<A>) {
        self.ticket = full.ticket;
        self.envelope.clone_from(&full.envelope);
    }

    /// The message is sent, or was refused for good.
    pub(in crate::engine) fn leave_sent(&mut self) {
        self.ticket = None;
    }
}

impl<S: Service> Drop for Place<'_, S> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            let (guard, mail) = self.cell.mailbox();
            // SAFETY: the guard is held until after the last use.
            let next = unsafe { (*mail).leave(ticket) };
            drop(guard);
            if let Some(next) = next {
                next.wake();
            }
        }
    }
}
