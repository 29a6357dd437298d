//! [`Way`]: where a call goes.

use std::sync::atomic::Ordering::Relaxed;

use crate::engine::send::Origin;
use crate::engine::{Cell, Request};
use crate::remote::{Placed, Placement, Remote};
use crate::service::{LifeState, Service};

/// Where a call goes that does not find its actor idle and running in this process.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Way {
    /// Into this cell.
    Here,
    /// Into this cell's mailbox, behind what waits there, though the actor lives elsewhere: its owner hands all of it
    /// over, so that nobody's later message overtakes an earlier one.
    Behind,
    /// To another node, by this.
    Away(Placement),
}

impl<S: Service> Cell<S> {
    /// Where a call of this actor goes now.
    pub(in crate::engine) fn way(&self, request: Option<&Request>) -> Way {
        // what came from another node is not sent on: its owner knew that it lives here
        let is_from_here = request.is_none_or(|request| request.origin == Origin::Here);
        if is_from_here { self.way_from_here() } else { Way::Here }
    }

    fn way_from_here(&self) -> Way {
        // what runs here lives here; who ends that signals it, and is found by whoever owns the cell
        let is_here = self.single || (!self.word.is_cold() && !self.kind.common.hands_all_over());
        match self.kind.remote() {
            Some(remote) if !is_here => self.way_by(&**remote),
            _ => Way::Here,
        }
    }

    fn way_by(&self, remote: &dyn Remote) -> Way {
        let (placement, is_served) = (self.placement(), self.kind.is_served());
        if remote.place(S::INFO.name, placement, is_served) == Placed::Here {
            return Way::Here;
        }
        // it may be started, and what has come for it from other nodes still goes first
        let is_arriving = || placement.is_owned() && remote.owns(S::INFO.name, placement, is_served);
        if self.word.is_vacant() || is_arriving() { Way::Away(placement) } else { Way::Behind }
    }

    /// Whether this node must not start it: another one owns its key. Looked at by the owner, before each start: who
    /// takes a key away does so first and signals the cells afterwards, so one of the two sees the other.
    pub(crate) fn is_owned_elsewhere(&self) -> bool {
        let Some(remote) = self.kind.remote() else { return false };
        let placement = self.placement();
        !self.single && placement.is_owned() && !remote.owns(S::INFO.name, placement, self.kind.is_served())
    }

    /// Whether an actor of this node that is linked to it is linked to another node.
    pub(crate) fn lives_elsewhere(&self) -> bool {
        let Some(remote) = self.kind.remote() else { return false };
        !self.single && !remote.owns(S::INFO.name, self.placement(), self.kind.is_served())
    }

    /// Whether calls of it leave this node.
    pub(crate) fn is_away(&self) -> bool {
        self.way_from_here() != Way::Here
    }

    /// As [`life`](Cell::life), but of what lives elsewhere that it does.
    pub(crate) fn life_seen(&self) -> LifeState {
        match self.life() {
            LifeState::NotStarted | LifeState::Stopped | LifeState::Failed if self.is_away() => LifeState::Away,
            life => life,
        }
    }

    /// What decides where it lives.
    pub(crate) fn placement(&self) -> Placement {
        if self.single {
            return Placement::Any;
        }
        match self.placed.load(Relaxed) {
            0 => self.find_placement(),
            hash => Placement::Key(hash),
        }
    }

    /// To write its path down and hash that is a good part of what a call of another node costs here.
    #[cold]
    fn find_placement(&self) -> Placement {
        let placement = Placement::of::<S>(&self.key);
        if let Placement::Key(hash) = placement {
            self.placed.store(hash, Relaxed);
        }
        placement
    }
}
