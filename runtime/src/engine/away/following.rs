//! Hearing of the end of an actor that lives elsewhere.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::sleep;

use super::operating::NOTHING;
use crate::engine::{Cell, Occupant};
use crate::remote::{Answering, Heard, Message, WATCH, Watching, answered};
use crate::service::Service;
use crate::supervision::{ExitReason, any_number};
use crate::wire::pack;

/// What was refused for now is asked again after this: a tenth of what it takes until a node is known to be dead.
pub(super) const AGAIN: Duration = Duration::from_millis(200);

impl<S: Service> Cell<S> {
    /// Has those who watch it here hear of its end on another node, wherever it moves until then. Once for all of them.
    /// `known` is the epoch under which it was watched before.
    pub(crate) fn follow(self: &Arc<Self>, known: Option<u64>) {
        self.follow_by(|| Following::new(self.clone(), known));
    }

    /// The same. The watch is on its way when this returns, ahead of what is sent to the actor from here on.
    pub(crate) fn follow_at_once(self: &Arc<Self>) {
        if !self.kind.common.bonds.is_followed(&self.label().into()) {
            let mut following = Following::new(self.clone(), None);
            following.asked = following.ask();
            self.follow_by(|| following);
        }
    }

    /// What was begun for nothing is given up.
    fn follow_by(&self, begin: impl FnOnce() -> Following<S>) {
        let label: Arc<str> = self.label().into();
        self.kind.common.bonds.follow(&label, |number| {
            self.kind.runtime().spawn(followed(begin(), label.clone(), number)).abort_handle()
        });
    }
}

async fn followed<S: Service>(mut following: Following<S>, label: Arc<str>, number: u64) {
    while let Some(heard) = following.hear().await {
        match heard {
            Told::Ended(reason) => {
                following.is_told = true;
                let kind = &following.cell.kind;
                return kind.common.bonds.on_told(&label, number, &reason, kind.runtime());
            }
            // at once, where it lives now
            Told::Left { under } => following.known = under.or(following.known),
            Told::Later => sleep(AGAIN).await,
        }
    }
}

enum Told {
    Ended(ExitReason),
    /// It lives on another node than the one that was asked, and lived there under this epoch.
    Left {
        under: Option<u64>,
    },
    /// Nobody can say yet.
    Later,
}

/// A watch on another node. Whoever drops it gives it up there.
struct Following<S: Service> {
    cell: Arc<Cell<S>>,
    /// The same over all nodes it is made on.
    id: u128,
    /// The epoch under which it was watched last.
    known: Option<u64>,
    /// What has been asked already.
    asked: Option<Answering>,
    is_told: bool,
}

impl<S: Service> Following<S> {
    fn new(cell: Arc<Cell<S>>, known: Option<u64>) -> Self {
        Following { cell, id: any_number(), known, asked: None, is_told: false }
    }

    fn message(&self, body: Bytes) -> Message {
        Message { idempotency: Some(self.id), ..self.cell.message(self.cell.placement(), WATCH, body, None) }
    }

    /// Asks for the end of the actor; nothing once this node has ended.
    fn ask(&self) -> Option<Answering> {
        let remote = self.cell.kind.remote().filter(|_| self.cell.kind.end().is_none())?;
        // a number: there is nothing that cannot be written down
        let body = self.known.map_or(NOTHING, |known| pack(&Watching { known: Some(known) }).unwrap_or_default());
        Some(remote.ask(self.message(body)))
    }

    /// What is heard of the actor; nothing once this node has ended.
    async fn hear(&mut self) -> Option<Told> {
        let asked = self.asked.take().or_else(|| self.ask())?;
        let heard = answered(asked.await).map(|body| body.map(|body| Heard::unpack(&body)));
        Some(match heard {
            Ok(Some(Heard::Ended(reason))) | Err(reason) => Told::Ended(reason),
            Ok(Some(Heard::Left { under })) => Told::Left { under },
            // of a watch nobody says that it is unknown
            Ok(Some(Heard::Unknown) | None) => Told::Later,
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
            let _ = remote.try_tell(self.message(NOTHING));
        }
    }
}
