//! Links between actors of different nodes.
//!
//! Each of the two nodes has a [half](super::halves::Half), and asks the other one for the end of the actor there: as for a
//! watch, the answer comes when it has ended, and none at all is the answer that it was lost. So nothing has to be sent
//! when a link is over: whoever waits is answered, and whoever asks later is told how it ended. A half is taken out once,
//! by the first end that is heard of; what comes after finds nothing.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::bonds::{Bonds, Partner, Tied};
use super::halves::{Half, Link, any_number};
use super::{BondError, ExitReason, Links};
use crate::remote::{Far, Heard};

/// What the node of one end is told that asks for the other one.
pub(crate) enum Met {
    /// This, at once.
    Said(Heard),
    /// This, once there is something to tell; whether the link was made only now.
    Waits { told: oneshot::Receiver<Heard>, is_new: bool },
    /// There are too many that wait.
    Full,
}

/// A link that goes along with its actor.
pub(crate) struct Along {
    pub(crate) id: u128,
    /// The other end.
    pub(crate) there: Far,
    /// Whether that is known to have it.
    pub(crate) is_known: bool,
}

impl Bonds {
    /// An actor of this node links itself to one of another node.
    pub(crate) fn link_afar(&self, link: Link) -> Result<(), BondError> {
        let tied = self.tied.lock();
        if tied.is_linked_afar(&link.mine, &link.there.label()) {
            return Ok(());
        }
        tied.check_room(&link.mine)?;
        drop(tied);
        // now, so that what this actor sends to the other one from here on comes after it; and without the lock, since the
        // other one may have come to this very node
        let asked = link.me.ask_link(link.id, &link.there, link.is_known);
        let mut tied = self.tied.lock();
        tied.halves.begin_asked(link, None, asked);
        self.note(&tied);
        Ok(())
    }

    /// Whether two are linked over nodes. They may have come to one node since.
    pub(crate) fn is_linked_afar(&self, mine: &Arc<str>, other: &str) -> bool {
        self.any() && self.tied.lock().is_linked_afar(mine, other)
    }

    /// The other end's node asks for the end of this one. A new link is made here too, unless this one has `ended`.
    pub(crate) fn meet(&self, link: Link, ended: Option<ExitReason>) -> Met {
        let mut tied = self.tied.lock();
        if let Some(half) = tied.halves.live(&link.mine, link.id) {
            return Met::Waits { told: half.wait(), is_new: false };
        }
        if let Some(reason) = tied.halves.over(&link.mine, link.id) {
            return Met::Said(Heard::Ended(reason.clone()));
        }
        if link.is_known {
            return Met::Said(Heard::Unknown);
        }
        if let Some(reason) = ended {
            return Met::Said(Heard::Ended(reason));
        }
        if let Err(why) = tied.check_room(&link.mine) {
            return Met::Said(Heard::Ended(ExitReason::Lost(why.to_string().into())));
        }
        let Some(seat) = self.take_seat() else { return Met::Full };
        // who asks for it has it
        let told = tied.halves.begin(Link { is_known: true, ..link }, Some(seat)).wait();
        self.note(&tied);
        Met::Waits { told, is_new: true }
    }

    /// The actor has come to this node with its link, or is about to.
    pub(crate) fn bring(&self, link: Link) {
        let mut tied = self.tied.lock();
        if tied.halves.live(&link.mine, link.id).is_none() && tied.halves.over(&link.mine, link.id).is_none() {
            tied.halves.begin(link, None);
            self.note(&tied);
        }
    }

    /// A link was made for an actor that does not live here any more; false if it has gone along already.
    pub(crate) fn revoke(&self, mine: &Arc<str>, id: u128) -> bool {
        let mut tied = self.tied.lock();
        let half = tied.halves.take(mine, id);
        self.note(&tied);
        drop(tied);
        half.is_some()
    }

    /// It was heard that the other end is over. Its partner ends too, unless that was as it should be.
    pub(crate) fn on_partner_end(&self, mine: &Arc<str>, id: u128, reason: &ExitReason) {
        let mut tied = self.tied.lock();
        let Some(other) = tied.halves.live(mine, id).map(|half| half.other().clone()) else { return };
        let fate = if reason.is_normal() { ExitReason::Normal } else { ExitReason::Linked(other) };
        let half = tied.halves.end(mine, id, fate.clone());
        self.note(&tied);
        drop(tied);
        let Some(mut half) = half else { return };
        half.tell(Heard::Ended(fate.clone()));
        if !fate.is_normal() {
            half.me.end_for(fate);
        }
    }

    /// An actor leaves this node, and its links with it: to be brought to where it goes. `here` is how it is found
    /// there. Those who stay and were linked to it here are linked to it there.
    pub(crate) fn take_along(&self, who: &Arc<str>, here: &Far) -> Vec<Along> {
        let mut tied = self.tied.lock();
        let ids = tied.halves.of(who, None);
        let mut taken: Vec<_> = ids.iter().filter_map(|id| Some((*id, tied.halves.take(who, *id)?))).collect();
        let along = |(id, half): &(u128, Half)| Along { id: *id, there: half.there.clone(), is_known: half.is_known };
        let mut along: Vec<_> = taken.iter().map(along).collect();
        for (mine, me) in tied.part_from(who) {
            if let Some(there) = me.far() {
                let id = any_number();
                tied.halves.begin(Link { id, mine, me, there: here.clone(), is_known: true }, None);
                along.push(Along { id, there, is_known: true });
            }
        }
        self.note(&tied);
        drop(tied);
        taken.iter_mut().for_each(|(_, half)| half.tell(Heard::Left { under: None }));
        along
    }

    /// The node has ended: whoever of another one is linked to an actor of this one has lost it.
    pub(crate) fn end_afar(&self) {
        let mut tied = self.tied.lock();
        let halves = tied.halves.clear();
        self.note(&tied);
        drop(tied);
        let reason = ExitReason::Lost("its node has ended".into());
        halves.into_iter().for_each(|mut half| half.tell(Heard::Ended(reason.clone())));
    }

    /// An actor was lost to this node: those linked to it end.
    pub(crate) fn sever(&self, who: &Arc<str>, reason: &ExitReason) {
        let mut tied = self.tied.lock();
        let over = tied.end_links(who, reason);
        self.note(&tied);
        drop(tied);
        over.tell(who, reason);
    }
}

impl Tied {
    fn is_linked_afar(&self, mine: &Arc<str>, other: &str) -> bool {
        !self.halves.of(mine, Some(other)).is_empty()
    }

    /// Whether an actor may have one link more.
    pub(super) fn check_room(&self, who: &Arc<str>) -> Result<(), BondError> {
        let max = Links::<()>::PARTNERS_MAX;
        let linked = self.links.partners(who).count() + self.halves.count(who);
        if linked < max { Ok(()) } else { Err(BondError::TooMany { who: who.clone(), max }) }
    }

    /// Ends all links of an actor that has ended.
    pub(super) fn end_links(&mut self, who: &Arc<str>, reason: &ExitReason) -> Over {
        let ids = self.halves.of(who, None);
        let halves = ids.iter().filter_map(|id| self.halves.end(who, *id, reason.clone())).collect();
        let doomed = self.links.handle_exit(who, reason);
        let partners = doomed.iter().filter_map(|it| self.partners.get(it)?.upgrade()).collect();
        self.forget_unlinked(&doomed);
        self.forget_unlinked(std::slice::from_ref(who));
        Over { halves, partners }
    }

    /// Takes apart the links of an actor on this node; those linked to it that live.
    fn part_from(&mut self, who: &Arc<str>) -> Vec<(Arc<str>, Arc<dyn Partner>)> {
        let names: Vec<_> = self.links.partners(who).cloned().collect();
        let partner = |name: &Arc<str>| Some((name.clone(), self.partners.get(name)?.upgrade()?));
        let live = names.iter().filter_map(partner).collect();
        names.iter().for_each(|name| self.links.handle_unlink(who, name));
        self.forget_unlinked(&names);
        self.forget_unlinked(std::slice::from_ref(who));
        live
    }
}

/// Links that are over. They are told so when no lock is held: what runs then is the users' code.
pub(super) struct Over {
    halves: Vec<Half>,
    partners: Vec<Arc<dyn Partner>>,
}

impl Over {
    pub(super) fn tell(self, who: &Arc<str>, reason: &ExitReason) {
        self.partners.into_iter().for_each(|partner| partner.end_for(ExitReason::Linked(who.clone())));
        self.halves.into_iter().for_each(|mut half| half.tell(Heard::Ended(reason.clone())));
    }
}
