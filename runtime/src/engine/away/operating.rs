//! Operations on the life of an actor that lives elsewhere.

use std::sync::Arc;

use bytes::Bytes;

use crate::engine::{Cell, scope};
use crate::error::{CallError, NotRun};
use crate::remote::Operation;
use crate::service::Service;

/// An empty msgpack map: no arguments.
pub(super) const NOTHING: Bytes = Bytes::from_static(&[0x80]);

impl<S: Service> Cell<S> {
    /// Has the node do it where the actor lives, and waits for it.
    ///
    /// # Errors
    /// As of the operation here; [`NotRun::Unavailable`] if nobody knows what became of it. It is safe to repeat.
    ///
    /// # Cancel safety
    /// Dropping it lets the operation go on.
    pub(crate) async fn operate_away(self: &Arc<Self>, operation: Operation) -> Result<(), NotRun> {
        let envelope = scope::current(|scope| scope.map(|scope| Arc::new(scope.envelope_for_signal())));
        if let Some(envelope) = &envelope {
            envelope.wait_for(self.clone())?;
        }
        let remote = self.kind.remote().ok_or(NotRun::ShuttingDown)?;
        let answering = remote.ask(self.message(self.placement(), operation.name(), NOTHING, envelope.as_deref()));
        let unavailable = |reason: String| NotRun::Unavailable { service: S::INFO.name.into(), reason: reason.into() };
        // the wait ends with the envelope
        let answer = answering.await;
        drop(envelope);
        match answer {
            Ok(_) => Ok(()),
            Err(CallError::NotRun(why)) => Err(why),
            Err(CallError::Unknown(why)) => Err(unavailable(why.to_string())),
            Err(CallError::App(_)) => Err(unavailable(String::from("its node answered what is no answer"))),
        }
    }
}
