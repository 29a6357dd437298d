//! The outcome of a signal, and who waits for it.

use std::sync::Arc;

use tokio::sync::oneshot;

use crate::engine::envelope::Envelope;
use crate::error::NotRun;

/// Where the outcome of a signal goes.
pub(crate) struct Answer {
    outcome: oneshot::Sender<Result<(), NotRun>>,
    /// Of a signal sent from within a handler.
    envelope: Option<Arc<Envelope>>,
}

/// Waits for the outcome of a signal. Dropping it lets the operation go on.
pub(crate) struct Answered {
    outcome: oneshot::Receiver<Result<(), NotRun>>,
    envelope: Option<Arc<Envelope>>,
}

impl Answer {
    /// The two ends. The envelope, if any, has begun to wait.
    pub(crate) fn new(envelope: Option<Arc<Envelope>>) -> (Answer, Answered) {
        let (sender, receiver) = oneshot::channel();
        (Answer { outcome: sender, envelope: envelope.clone() }, Answered { outcome: receiver, envelope })
    }

    /// On whose behalf the operation runs.
    pub(in crate::engine) fn envelope(&self) -> Option<Arc<Envelope>> {
        self.envelope.clone()
    }

    pub(in crate::engine) fn send(self, outcome: Result<(), NotRun>) {
        if let Some(envelope) = &self.envelope {
            envelope.end_wait();
        }
        let _ = self.outcome.send(outcome);
    }
}

impl Answered {
    /// The outcome; an actor that ended without an answer is `Stopped`.
    ///
    /// # Cancel safety
    /// Dropping it lets the operation go on.
    pub(crate) async fn outcome(mut self) -> Result<(), NotRun> {
        (&mut self.outcome).await.unwrap_or(Err(NotRun::Stopped))
    }
}

impl Drop for Answered {
    fn drop(&mut self) {
        if let Some(envelope) = &self.envelope {
            envelope.end_wait();
        }
    }
}
