//! [`Watches`]: the way in for those who watch from another node.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::ending::{WATCH, pack_reason};
use super::entrance::{Answered, Enter, Entered, Names};
use super::{Doorstep, Incoming};
use crate::engine::{Cell, Occupant};
use crate::error::NotRun;
use crate::key::Made;
use crate::node::Kind;
use crate::service::Service;

/// Watches of the actors of a service, each under the id of its call.
pub(super) struct Watches<S: Service>(pub(super) Arc<Kind<S>>);

impl<S: Service> Watches<S> {
    /// The actor, and the name under which it is watched.
    fn watched(&self, incoming: &Incoming<'_>) -> Result<(Arc<Cell<S>>, Arc<str>), NotRun> {
        let key = S::INFO.key.parse_segments::<S::Key>(incoming.key)?;
        let cell = self.0.actor(Made(key)).cell().clone();
        // no actor has such a name
        let watcher = format!("{WATCH}/{:x}", incoming.idempotency.unwrap_or_default());
        Ok((cell, watcher.into()))
    }

    fn give_up(&self, incoming: &Incoming<'_>) -> Result<(), NotRun> {
        let (cell, watcher) = self.watched(incoming)?;
        self.0.common.bonds.unwatch(&watcher, &cell.label().into());
        Ok(())
    }
}

impl<S: Service> Enter for Watches<S> {
    fn names(&self) -> Names {
        Names::of::<S>(WATCH)
    }

    fn ask(&self, incoming: Incoming<'_>, _: &Arc<Doorstep>) -> Entered<Answered> {
        let (cell, watcher) = match self.watched(&incoming) {
            Ok(watched) => watched,
            Err(why) => return Entered::Ended(Err(why.into())),
        };
        let (bonds, label) = (&self.0.common.bonds, Arc::from(cell.label()));
        // the same call once more: whoever made it hears of this one's end
        bonds.unwatch(&watcher, &label);
        let Some(seat) = bonds.take_seat() else {
            let reason = "its node keeps as many watches for other nodes as it may".into();
            return Entered::Ended(Err(NotRun::Overloaded { reason }.into()));
        };
        let (tell, told) = oneshot::channel();
        let kept = (cell.clone(), seat);
        let telling = Box::new(move |end: crate::supervision::End| {
            let _ = tell.send(end.reason);
            drop(kept);
            Box::pin(std::future::ready(())) as _
        });
        if let Err(why) = bonds.watch(watcher, label, cell.found(), telling, cell.kind.runtime()) {
            let (service, reason) = (S::INFO.name.into(), why.to_string().into());
            return Entered::Ended(Err(NotRun::Unavailable { service, reason }.into()));
        }
        Entered::Under(Box::pin(async move {
            match told.await {
                Ok(reason) => Ok(pack_reason(&reason)),
                Err(_) => {
                    let (service, reason) = (S::INFO.name.into(), "the watched actor has left".into());
                    Err(NotRun::Unavailable { service, reason }.into())
                }
            }
        }))
    }

    fn tell(&self, incoming: Incoming<'_>, _: &Arc<Doorstep>) -> Entered<Result<(), NotRun>> {
        Entered::Ended(self.give_up(&incoming))
    }

    fn try_tell(&self, incoming: Incoming<'_>) -> Result<(), NotRun> {
        self.give_up(&incoming)
    }
}
