//! [`Links`]: the way in for the links of actors that live on other nodes.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Doorstep;
use super::entrance::{Answered, Enter, Entered, Names};
use crate::engine::{Cell, Occupant};
use crate::error::{ArgumentError, NotRun};
use crate::key::Made;
use crate::node::Kind;
use crate::remote::{Far, Incoming};
use crate::service::Service;
use crate::supervision::{Link, Met};
use crate::wire::unpack;

/// The node of one end of a link asks that of the other one by a call of the method of this name, under the number of the
/// link. It is answered when the link is over, with the reason, and not at all before. A tell brings a link to where its
/// actor has moved.
pub const LINK: &str = "@link";

/// What is said with it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Linked {
    /// Whether both ends are known to have the link. If not, it is made where it is asked for.
    pub(crate) known: bool,
    /// The actor at the other end.
    pub(crate) with: Far,
}

/// Links of the actors of a service, each under the number of its call.
pub(super) struct Links<S: Service>(pub(super) Arc<Kind<S>>);

impl<S: Service> Links<S> {
    fn read(&self, incoming: &Incoming<'_>) -> Result<(Arc<Cell<S>>, Link), NotRun> {
        let malformed = |reason| ArgumentError::Malformed { method: LINK.into(), reason };
        let Linked { known, with } = unpack(incoming.body).map_err(malformed)?;
        let id = incoming.idempotency.ok_or_else(|| malformed("a link has a number".into()))?;
        let key = S::INFO.key.parse_segments::<S::Key>(incoming.key)?;
        let cell = self.0.actor(Made(key)).cell().clone();
        let link = Link { id, mine: cell.label().into(), me: cell.clone(), there: with, is_known: known };
        Ok((cell, link))
    }

    fn meet(&self, incoming: &Incoming<'_>) -> Result<Entered<Answered>, NotRun> {
        let (cell, link) = self.read(incoming)?;
        let (id, mine, bonds) = (link.id, link.mine.clone(), &self.0.common.bonds);
        match bonds.meet(link, cell.abnormal_end()) {
            Met::Said(heard) => Ok(Entered::Ended(Ok(heard.pack()))),
            Met::Full => {
                let reason = "its node keeps as many links and watches for other nodes as it may".into();
                Err(NotRun::Overloaded { reason })
            }
            // whoever takes a key away says so first, and looks for its links afterwards
            Met::Waits { is_new: true, .. } if cell.is_owned_elsewhere() && bonds.revoke(&mine, id) => {
                let (service, reason) = (S::INFO.name.into(), "the actor has left".into());
                Err(NotRun::Unavailable { service, reason })
            }
            Met::Waits { told, .. } => Ok(Entered::Under(Box::pin(async move {
                let heard = told.await.unwrap_or(super::Heard::Left { under: None });
                Ok(heard.pack())
            }))),
        }
    }

    fn bring(&self, incoming: &Incoming<'_>) -> Result<(), NotRun> {
        let (cell, link) = self.read(incoming)?;
        self.0.common.bonds.bring(link);
        if cell.is_owned_elsewhere() {
            cell.take_links_along();
        }
        Ok(())
    }
}

impl<S: Service> Enter for Links<S> {
    fn names(&self) -> Names {
        Names::of::<S>(LINK)
    }

    fn ask(&self, incoming: Incoming<'_>, _: &Arc<Doorstep>) -> Entered<Answered> {
        self.meet(&incoming).unwrap_or_else(|why| Entered::Ended(Err(why.into())))
    }

    fn tell(&self, incoming: Incoming<'_>, _: &Arc<Doorstep>) -> Entered<Result<(), NotRun>> {
        Entered::Ended(self.bring(&incoming))
    }

    fn try_tell(&self, incoming: Incoming<'_>) -> Result<(), NotRun> {
        self.bring(&incoming)
    }
}
