//! [`Way`]: where a call goes.

use crate::engine::send::Origin;
use crate::engine::{Cell, Request};
use crate::remote::{Placed, Placement};
use crate::service::{LifeState, Service};

/// Where a call goes that does not find its actor idle and running in this process.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Way {
    /// Into this cell.
    Here,
    /// Into this cell's mailbox, behind what waits there, though the actor lives elsewhere: its owner hands all of it
    /// over, so that nobody's later message overtakes an earlier one.
    Behind,
    /// To another node.
    Away,
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
        if is_here || !self.leads_away() {
            Way::Here
        } else if self.word.is_vacant() || self.is_arriving() {
            Way::Away
        } else {
            Way::Behind
        }
    }

    fn leads_away(&self) -> bool {
        let Some(remote) = self.kind.remote() else { return false };
        remote.place(S::INFO.name, self.placement(), self.kind.is_served()) == Placed::Away
    }

    /// Whether it may be started, and what has come for it from other nodes still goes first.
    fn is_arriving(&self) -> bool {
        self.placement().is_owned() && !self.is_owned_elsewhere()
    }

    /// Whether this node must not start it: another one owns its key. Looked at by the owner, before each start: who
    /// takes a key away does so first and signals the cells afterwards, so one of the two sees the other.
    pub(crate) fn is_owned_elsewhere(&self) -> bool {
        let Some(remote) = self.kind.remote() else { return false };
        let placement = self.placement();
        !self.single && placement.is_owned() && !remote.owns(S::INFO.name, placement, self.kind.is_served())
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
        if self.single { Placement::Any } else { Placement::of::<S>(&self.key) }
    }
}
