//! [`Parting`]: the sender's side of a tell that goes to another node.

use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::runtime::Handle;

use crate::client::{Ended, ended_by};
use crate::engine::alarm::Alarm;
use crate::engine::envelope::Envelope;
use crate::error::NotRun;
use crate::remote::Telling;

/// Waits until the message is on its way. Dropping it takes the message back, if it has not left.
pub(in crate::engine) struct Parting {
    telling: Telling,
    envelope: Option<Arc<Envelope>>,
    alarm: Option<Alarm>,
}

impl Parting {
    pub(super) fn new(telling: Telling, envelope: Option<Arc<Envelope>>) -> Self {
        Parting { telling, envelope, alarm: None }
    }

    pub(in crate::engine) fn poll(&mut self, runtime: &Handle, cx: &mut Context<'_>) -> Poll<Result<(), NotRun>> {
        let sent = match self.telling.as_mut().poll(cx) {
            Poll::Ready(sent) => sent,
            Poll::Pending if self.rings(runtime, cx) => Err(NotRun::Expired),
            Poll::Pending => return Poll::Pending,
        };
        if let Some(envelope) = &self.envelope {
            envelope.end(sent.as_ref().map_or_else(ended_by, |()| Ended::Success));
        }
        Poll::Ready(sent)
    }

    fn rings(&mut self, runtime: &Handle, cx: &mut Context<'_>) -> bool {
        let Some(deadline) = self.envelope.as_deref().and_then(|envelope| envelope.deadline) else { return false };
        self.alarm.get_or_insert_with(|| Alarm::set(runtime, deadline, cx)).rings(cx)
    }
}
