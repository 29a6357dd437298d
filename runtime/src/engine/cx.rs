//! [`Cx`]: what a handler knows of the call it runs and of the actor it runs on.

use std::ptr;

use super::cell::{Cell, downcast};
use super::occupant::Occupant;
use super::scope::{self, Scope};
use crate::node::Node;
use crate::service::{ActivationId, Reference, Service};

/// The context of a handler or hook: its key, deadline, caller, background tasks.
///
/// It is lent to the handler and cannot outlive it.
pub struct Cx {
    cell: *const dyn Occupant,
}

// SAFETY: the cell is Sync, and whoever polls the handler keeps it alive.
unsafe impl Send for Cx {}
// SAFETY: as above; `Cx` has no interior of its own.
unsafe impl Sync for Cx {}

impl Cx {
    /// The context of a handler of `cell`; dropped before the cell.
    #[inline(always)]
    pub(crate) fn of<S: Service>(cell: &Cell<S>) -> Self {
        Cx { cell: ptr::from_ref(cell) as *const dyn Occupant }
    }

    /// The actor this context belongs to.
    pub(crate) fn occupant(&self) -> &dyn Occupant {
        // SAFETY: the owner that polls the handler holds the cell, and a handler cannot keep its `Cx`.
        unsafe { &*self.cell }
    }

    /// The key in its printed form, e.g. `/tenant/acme/counter/orders`.
    pub fn path(&self) -> String {
        self.occupant().path()
    }

    /// The typed key, if `K` is this service's key type.
    pub fn key<K: 'static>(&self) -> Option<&K> {
        self.occupant().key().downcast_ref()
    }

    /// The node this actor runs on.
    pub fn node(&self) -> Node {
        self.occupant().node()
    }

    /// A reference to this very actor, if it is of service `S`.
    ///
    /// An ask through it from within a handler is a cycle and is refused; a push is fine.
    pub fn this<S: Service>(&self) -> Option<S::Ref> {
        downcast::<S>(self.occupant()).map(|cell| S::Ref::from_actor(crate::service::ActorRef::new(cell)))
    }

    /// The id of this activation; a restart has another one.
    pub fn activation(&self) -> ActivationId {
        self.occupant().activation()
    }

    /// The epoch under which this node owns the actor's key: a number that grows whenever the key gets another owner. Give
    /// it along with what the actor writes outside, and have the store refuse a lower one than it has seen: then a node
    /// that was cut off and does not know it yet cannot undo what its successor wrote. 0 on a node that has joined no
    /// others, and for what lives on every node.
    pub fn fence(&self) -> u64 {
        self.occupant().fence()
    }

    /// The moment after which nobody waits for this call. Calls made from here inherit it. A hook has none.
    pub fn deadline(&self) -> Option<std::time::Instant> {
        scope::inherited_deadline()
    }

    /// The actor whose handler made this call, as `service/path`; in a hook, the one whose call or signal made it run.
    ///
    /// `None` for a call from outside any handler, and for a plain tell, whoever sent it: a tell takes its sender
    /// along only when it has a deadline or another option. An actor that must know its callers takes them as an
    /// argument.
    pub fn caller(&self) -> Option<String> {
        scope::current(|scope| {
            let envelope = scope.and_then(Scope::envelope)?;
            let here = envelope.asker.as_ref().map(|asker| asker.label());
            here.or_else(|| envelope.afar.as_ref()?.caller.as_ref().map(|caller| caller.label()))
        })
    }

    /// The caller's id of this call, the same over retries, if it gave one. A hook has none.
    pub fn idempotency(&self) -> Option<u128> {
        scope::current(|scope| scope.filter(|scope| !scope.is_hook()).and_then(Scope::envelope)?.idempotency)
    }
}
