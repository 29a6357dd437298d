//! Hearing of the end of an actor that lives elsewhere.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::operating::NOTHING;
use crate::engine::{Cell, Occupant};
use crate::remote::{Message, WATCH, answered, unpack_reason};
use crate::service::Service;
use crate::supervision::{ExitReason, any_number};

/// What was refused for now is asked again after this: a tenth of what it takes until a node is known to be dead.
pub(super) const AGAIN: Duration = Duration::from_millis(200);

impl<S: Service> Cell<S> {
    /// Has those who watch it here hear of its end on another node, wherever it moves until then. Once for all of them.
    pub(crate) fn follow(self: &Arc<Self>) {
        let label: Arc<str> = self.label().into();
        self.kind.common.bonds.follow(&label, |number| {
            let followed = followed(self.clone(), label.clone(), number);
            self.kind.runtime().spawn(followed).abort_handle()
        });
    }
}

async fn followed<S: Service>(cell: Arc<Cell<S>>, label: Arc<str>, number: u64) {
    let mut following = Following { cell, id: any_number(), is_told: false };
    while let Some(reason) = following.end().await {
        let common = &following.cell.kind.common;
        match reason {
            Told::Ended(reason) => {
                following.is_told = true;
                return common.bonds.on_told(&label, number, &reason, following.cell.kind.runtime());
            }
            Told::Later => sleep(AGAIN).await,
        }
    }
}

enum Told {
    Ended(ExitReason),
    /// Nobody can say yet.
    Later,
}

/// A watch on another node. Whoever drops it gives it up there.
struct Following<S: Service> {
    cell: Arc<Cell<S>>,
    /// The same over all nodes it is made on.
    id: u128,
    is_told: bool,
}

impl<S: Service> Following<S> {
    fn message(&self) -> Message {
        Message { idempotency: Some(self.id), ..self.cell.message(self.cell.placement(), WATCH, NOTHING, None) }
    }

    /// What is heard of the actor; nothing once this node has ended.
    async fn end(&self) -> Option<Told> {
        let remote = self.cell.kind.remote().filter(|_| self.cell.kind.end().is_none())?;
        Some(match answered(remote.ask(self.message()).await) {
            Ok(Some(body)) => Told::Ended(unpack_reason(&body)),
            Ok(None) => Told::Later,
            Err(reason) => Told::Ended(reason),
        })
    }
}

impl<S: Service> Drop for Following<S> {
    fn drop(&mut self) {
        if !self.is_told
            && self.cell.kind.end().is_none()
            && let Some(remote) = self.cell.kind.remote()
        {
            // an error is that it cannot be said now; the watch then ends with the actor or its move
            let _ = remote.try_tell(self.message());
        }
    }
}
