//! Links and watches that a handler or hook makes.

use std::sync::{Arc, Weak};

use crate::engine::{Cx, Occupant};
use crate::service::Reference;
use crate::supervision::{BondError, End, Partner};
use consort_protocol::supervision::Watched;

impl Cx {
    /// Asks to be told of the end of another actor: `tell` runs once, with the reason, when its activation has ended by a
    /// crash, a failed start or a stop. If it has ended already and was not started since, `tell` runs at once.
    /// Passivation is no end, and a watch of an actor that was never started waits for its first end.
    ///
    /// The other may live on another node, and move: the watch is on its way there when this returns, and goes with it. If
    /// its node is lost, that is its end ([`ExitReason::Lost`](crate::supervision::ExitReason::Lost)).
    ///
    /// `tell` runs as a task of its own, outside of any actor: let it push a message to this one. The watch ends when
    /// this actor ends, and outlives its passivation; a second watch of the same actor is the same watch, with the first `tell`.
    ///
    /// ```
    /// use consort_runtime::{Cx, service};
    ///
    /// #[derive(Default)]
    /// struct Order;
    /// #[service(crate = "consort_runtime", key = "/order/{id: u64}")]
    /// impl Order {
    ///     pub async fn pay(&mut self) {}
    /// }
    ///
    /// #[derive(Default)]
    /// struct Desk;
    /// #[service(crate = "consort_runtime")]
    /// impl Desk {
    ///     pub async fn follow(&mut self, cx: &Cx, order: OrderRef) {
    ///         let Some(me) = cx.this::<Desk>() else { return };
    ///         let _ = cx.watch(&order, async move |end| {
    ///             let _ = me.ended(end.who.to_string(), end.reason.to_string()).push().await;
    ///         });
    ///     }
    ///
    ///     pub async fn ended(&mut self, who: String, why: String) {
    ///         println!("{who} {why}");
    ///     }
    /// }
    /// ```
    ///
    /// The other may live on another node. The watch is on its way there when this returns, ahead of what is sent to the other
    /// from this node after that. What other nodes send it may come first: an actor that has ended by then is found to have, and
    /// one that was started again is watched from then on.
    ///
    /// # Errors
    /// The other is this very actor, or this one has 1,024 watches already. Nothing is watched then.
    pub fn watch<R, F, T>(&self, other: &R, tell: F) -> Result<(), BondError>
    where
        R: Reference,
        F: FnOnce(End) -> T + Send + 'static,
        T: Future<Output = ()> + Send + 'static,
    {
        let (me, watched) = (self.name(), name_of(other));
        if me == watched {
            return Err(BondError::Itself { who: me });
        }
        let cell = other.actor().cell();
        // so that it is known when its key moves; a spawned actor ends with its references, watched or not
        let kept = (!cell.is_single()).then(|| cell.clone());
        let tell = Box::new(|end| {
            drop(kept);
            Box::pin(tell(end)) as _
        });
        let is_away = cell.is_away();
        let found = if is_away { Watched::Alive } else { cell.found() };
        cell.kind.common.bonds.watch(me, watched, found, tell, cell.kind.runtime())?;
        // whoever takes a key away says so first, and looks for its watches afterwards
        if is_away || cell.is_away() {
            cell.follow_at_once();
        }
        Ok(())
    }

    /// Does not want to be told any more of the end of another actor.
    pub fn unwatch(&self, other: &impl Reference) {
        other.actor().cell().kind.common.bonds.unwatch(&self.name(), &name_of(other));
    }

    /// Shares the fate of another actor: when one of the two ends abnormally, the other one ends too, with
    /// [`ExitReason::Linked`](crate::supervision::ExitReason::Linked), after its running handler and ahead of its mail; its
    /// supervisor then decides whether it is started again. A normal stop only dissolves the link.
    ///
    /// If the other has ended abnormally already, this one ends. A move of one of the two is no end: the link goes along.
    ///
    /// The other may live on another node. The link is on its way there when this returns, ahead of what this actor sends to
    /// the other from here on, and is kept by both nodes: if one of them is lost, the actor of the other one ends. So does this actor if the link cannot be made there, as when
    /// nobody serves the other one.
    ///
    /// # Errors
    /// The other is this very actor, or one of the two has 1,024 links already. They live on different nodes, and one of them
    /// has no key or is of a `local` service: no other node finds it. Nothing is linked then.
    pub fn link(&self, other: &impl Reference) -> Result<(), BondError> {
        // the handler that calls is the actor's own
        let Some(me) = self.occupant().partner().upgrade() else { return Ok(()) };
        let (mine, theirs, partner) = (self.name(), name_of(other), other.actor().cell());
        let bonds = &partner.kind.common.bonds;
        if partner.lives_elsewhere() {
            return partner.link_afar(mine, me);
        }
        if bonds.is_linked_afar(&mine, &theirs) {
            return Ok(());
        }
        let its: Weak<dyn Partner> = Arc::downgrade(partner) as _;
        bonds.link((mine.clone(), Arc::downgrade(&me)), (theirs.clone(), its))?;
        // whoever takes a key away says so first, and looks for its links afterwards
        if partner.lives_elsewhere() {
            bonds.unlink(&mine, &theirs);
            return partner.link_afar(mine, me);
        }
        if let Some(reason) = partner.abnormal_end() {
            bonds.unlink(&mine, &theirs);
            me.end_for(reason);
        }
        Ok(())
    }

    /// Does not share the fate of another actor any more.
    pub fn unlink(&self, other: &impl Reference) {
        other.actor().cell().kind.common.bonds.unlink(&self.name(), &name_of(other));
    }

    fn name(&self) -> Arc<str> {
        self.occupant().label().into()
    }
}

fn name_of(other: &impl Reference) -> Arc<str> {
    other.actor().cell().label().into()
}
