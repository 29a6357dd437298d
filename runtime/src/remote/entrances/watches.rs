//! [`Watches`]: the way in for those who watch from another node.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::Doorstep;
use super::ending::{Heard, WATCH, Watching};
use super::entrance::{Answered, Enter, Entered, Names};
use crate::engine::{Cell, Occupant};
use crate::error::{ArgumentError, NotRun};
use crate::key::Made;
use crate::node::Kind;
use crate::remote::Incoming;
use crate::service::Service;
use crate::supervision::End;
use crate::wire::unpack;

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

    fn watch(&self, incoming: &Incoming<'_>) -> Result<Entered<Answered>, NotRun> {
        let malformed = |reason| ArgumentError::Malformed { method: WATCH.into(), reason };
        let Watching { known } = unpack(incoming.body).map_err(malformed)?;
        let (cell, watcher) = self.watched(incoming)?;
        let (bonds, label) = (&self.0.common.bonds, Arc::<str>::from(cell.label()));
        // the same call once more: whoever made it hears of this one's end
        bonds.unwatch(&watcher, &label);
        let Some(seat) = bonds.take_seat() else {
            let reason = "its node keeps as many watches for other nodes as it may".into();
            return Err(NotRun::Overloaded { reason });
        };
        let (tell, told) = oneshot::channel();
        let kept = (cell.clone(), seat);
        let telling = Box::new(move |end: End| {
            // an error is that nobody waits any more
            let _ = tell.send(Heard::Ended(end.reason));
            drop(kept);
            Box::pin(std::future::ready(())) as _
        });
        let under = Occupant::fence(&*cell);
        let unavailable = |reason| NotRun::Unavailable { service: S::INFO.name.into(), reason };
        let watched = bonds.watch(watcher.clone(), label.clone(), cell.found(), telling, cell.kind.runtime());
        watched.map_err(|why| unavailable(why.to_string().into()))?;
        // whoever takes a key away says so first, and looks for its watches afterwards
        if cell.is_owned_elsewhere() {
            bonds.unwatch(&watcher, &label);
            return Err(unavailable("the actor has left".into()));
        }
        // looked for after the watch is there: an end is either found or told
        if let Some(reason) = known.and_then(|epoch| cell.last_end_since(epoch)) {
            bonds.unwatch(&watcher, &label);
            return Ok(Entered::Ended(Ok(Heard::Ended(reason).pack())));
        }
        Ok(Entered::Under(Box::pin(async move {
            match told.await {
                Ok(heard) => Ok(heard.pack()),
                Err(_) if cell.is_owned_elsewhere() => Ok(Heard::Left { under: Some(under) }.pack()),
                Err(_) => Err(unavailable("the watch was given up".into()).into()),
            }
        })))
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
        self.watch(&incoming).unwrap_or_else(|why| Entered::Ended(Err(why.into())))
    }

    fn tell(&self, incoming: Incoming<'_>, _: &Arc<Doorstep>) -> Entered<Result<(), NotRun>> {
        Entered::Ended(self.give_up(&incoming))
    }

    fn try_tell(&self, incoming: Incoming<'_>) -> Result<(), NotRun> {
        self.give_up(&incoming)
    }
}
