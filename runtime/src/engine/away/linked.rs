//! Links to actors of other nodes: following them, and taking them along.

use std::sync::Arc;

use bytes::Bytes;
use tokio::task::AbortHandle;
use tokio::time::sleep;

use super::following::AGAIN;
use super::sent::segments;
use crate::engine::mail::Signal;
use crate::engine::{Cell, Occupant};
use crate::remote::{Answering, Far, Heard, LINK, Linked, Message, answered};
use crate::service::Service;
use crate::supervision::{Along, BondError, ExitReason, Link, Partner, any_number};
use crate::wire::pack;

/// So often a node is asked that does not know the link: for 5 s, since what brings it there may have to wait for the
/// node's slots, which takes 4 s when another one was lost.
const UNKNOWN_MAX: u32 = 25;

impl<S: Service> Cell<S> {
    /// Links an actor of this node to this one, which lives on another.
    pub(crate) fn link_afar(&self, mine: Arc<str>, me: Arc<dyn Partner>) -> Result<(), BondError> {
        let label: Arc<str> = self.label().into();
        if mine == label {
            return Err(BondError::Itself { who: mine });
        }
        if me.far().is_none() {
            return Err(BondError::Elsewhere { who: mine });
        }
        let there = self.find_far().ok_or(BondError::Elsewhere { who: label })?;
        self.kind.common.bonds.link_afar(Link { id: any_number(), mine, me, there, is_known: false })
    }

    /// Its links are brought to where it lives now, ahead of all that is sent to it there.
    pub(crate) fn take_links_along(self: &Arc<Self>) {
        let (Some(here), Some(remote)) = (self.find_far(), self.kind.remote()) else { return };
        for Along { id, there, is_known } in self.kind.common.bonds.take_along(&self.label().into(), &here) {
            let body = written(is_known, there);
            let message = self.message(self.placement(), LINK, body, None);
            let telling = remote.tell(Message { idempotency: Some(id), handed_over: true, ..message });
            // an error is that nobody takes the slot over: the other end asks for it there, and hears that it is lost
            self.kind.runtime().spawn(async move { drop(telling.await) });
        }
    }

    fn find_far(&self) -> Option<Far> {
        let placement = self.placement();
        // others neither know what only this process can call, nor which member of a pool is meant
        let is_found = !self.single && !S::INFO.local && placement.is_owned();
        is_found.then(|| Far::new(S::INFO.name, &Occupant::path(self), segments(&self.key), placement))
    }
}

impl<S: Service> Partner for Cell<S> {
    fn end_for(self: Arc<Self>, reason: ExitReason) {
        self.signal(Signal::End(reason));
    }

    fn far(&self) -> Option<Far> {
        self.find_far()
    }

    fn ask_link(&self, id: u128, there: &Far, is_known: bool) -> Option<Answering> {
        let remote = self.kind.remote()?;
        let registry = self.kind.registry().upgrade()?;
        let message = there.message(&registry, LINK, written(is_known, self.find_far()?), id)?;
        Some(remote.ask(message))
    }

    fn follow_link(self: Arc<Self>, id: u128, there: Far, is_known: bool, asked: Option<Answering>) -> AbortHandle {
        let runtime = self.kind.runtime().clone();
        runtime.spawn(Linking { cell: self, id, there, is_known, asked }.run()).abort_handle()
    }
}

/// What one end of a link does to hear of the other one. It ends with its half.
struct Linking<S: Service> {
    /// The end that is here.
    cell: Arc<Cell<S>>,
    id: u128,
    there: Far,
    /// The other end has it too, or had it.
    is_known: bool,
    /// What has been asked already.
    asked: Option<Answering>,
}

impl<S: Service> Linking<S> {
    async fn run(mut self) {
        let mut unknown = 0;
        while self.cell.kind.end().is_none() {
            match self.hear().await {
                Ok(Some(Heard::Ended(reason))) | Err(reason) => return self.end(&reason),
                Ok(Some(Heard::Unknown)) if unknown == UNKNOWN_MAX => {
                    let why = "nobody knows of the link where it lives now";
                    return self.end(&ExitReason::Lost(why.into()));
                }
                Ok(Some(Heard::Unknown)) => unknown += 1,
                Ok(Some(Heard::Left { .. })) => (self.is_known, unknown) = (true, 0),
                Ok(None) => {}
            }
            sleep(AGAIN).await;
        }
    }

    fn end(&self, reason: &ExitReason) {
        self.cell.kind.common.bonds.on_partner_end(&self.cell.label().into(), self.id, reason);
    }

    /// What is heard of the other end; nothing if nobody can say yet.
    ///
    /// # Errors
    /// Nobody will: it is lost, for this reason.
    async fn hear(&mut self) -> Result<Option<Heard>, ExitReason> {
        let asked = self.asked.take().or_else(|| self.cell.ask_link(self.id, &self.there, self.is_known));
        let Some(answering) = asked else { return Ok(None) };
        let answer = answered(answering.await)?;
        Ok(answer.map(|body| Heard::unpack(&body)))
    }
}

fn written(known: bool, with: Far) -> Bytes {
    // names, a key and numbers: there is nothing that cannot be written down
    pack(&Linked { known, with }).unwrap_or_default()
}
