//! [`Slots`]: how actors leave a node, and come to it.

use std::sync::{Arc, Weak};

use super::{Sealed, Snapshot};
use crate::node::{AnyKind, Registry};
use crate::remote::Placement;

/// The actors of a node, by what decides where they live. Whoever decides that holds this, and calls it when he has
/// decided: [`Remote::place`](crate::remote::Remote::place) has to say so before. It keeps no node alive.
///
/// ```text
///   place says Away ──► seal ──► drain ──► snapshots … to the next owner … ──► open ──► place says Here
/// ```
///
/// Each look at which actors are meant goes over all actors of the node, tens of nanoseconds for each: name many slots
/// at once rather than one after the other.
#[derive(Clone)]
pub struct Slots {
    registry: Weak<Registry>,
}

impl Slots {
    pub(in crate::remote) fn new(registry: Weak<Registry>) -> Self {
        Slots { registry }
    }

    /// Ends the activations of what `leaves`, each after its running handler and ahead of its mail, which is handed to the
    /// [`Remote`](crate::remote::Remote) in its order. Nobody's call fails for it. It returns at once.
    pub fn seal(&self, leaves: &dyn Fn(Placement) -> bool) -> Sealed {
        let (mut leaving, mut inherited) = (Vec::new(), Vec::new());
        for kind in self.registry.upgrade().iter().flat_map(|registry| registry.served()) {
            leaving.append(&mut kind.leave(leaves));
            inherited.append(&mut kind.disinherit(leaves));
            kind.part(leaves);
            kind.take_links_along(leaves);
        }
        Sealed::new(leaving, inherited)
    }

    /// Takes over what the last owner's activations handed over: each is restored when it is started, by its first call or
    /// with its service. To be called before `place` says that they live here.
    pub fn open(&self, snapshots: impl IntoIterator<Item = Snapshot>) {
        let Some(registry) = self.registry.upgrade() else { return };
        for snapshot in snapshots {
            match registry.named(&snapshot.service) {
                Some(kind) => kind.inherit(snapshot),
                None => {
                    let Snapshot { service, path, .. } = snapshot;
                    tracing::error!(%service, %path, "an actor's state is lost: this node does not serve it");
                }
            }
        }
    }

    /// The state of an actor that has left cannot be brought to where it goes, for this reason: it starts anew there. Told as
    /// [`Happened::StateLost`](crate::Happened::StateLost).
    pub fn lose(&self, snapshot: &Snapshot, why: &str) {
        let registry = self.registry.upgrade();
        if let Some(kind) = registry.as_ref().and_then(|registry| registry.named(&snapshot.service)) {
            kind.lose(&snapshot.path, why);
        }
    }

    /// From here on calls of actors that run here ask [`place`](crate::remote::Remote::place) too, or do so no more: for
    /// what has come for them from other nodes and must not be passed. To be called before the first of it is let in.
    pub fn guard(&self, is_guarded: bool) {
        let Some(registry) = self.registry.upgrade() else { return };
        registry.common.guard(is_guarded);
        registry.served().iter().for_each(|kind| kind.guard());
    }

    /// Starts what starts with its service and lives here from now on: `unique` ones. To be called after `place` says so.
    pub fn begin(&self, comes: &dyn Fn(Placement) -> bool) {
        for kind in self.registry.upgrade().iter().flat_map(|registry| registry.served()) {
            kind.begin_owned(comes);
        }
    }

    /// Ends the activations of what this node owned, at once: it must not act as their owner any more. A suspended handler
    /// ends where it is, a hook too; no stop hook runs, and nothing is handed over. A handler that holds its thread cannot
    /// be ended, and is once it suspends or returns. Mail is handed to the [`Remote`](crate::remote::Remote). Returns how
    /// many actors were told, without waiting for them.
    pub fn fence(&self, lost: &dyn Fn(Placement) -> bool) -> usize {
        let Some(registry) = self.registry.upgrade() else { return 0 };
        let fence = |kind: &Arc<dyn AnyKind>| {
            kind.disinherit(lost);
            kind.fence(lost)
        };
        let kinds = registry.served();
        let told = kinds.iter().map(fence).sum();
        // after all were told: what is lost itself does not end for another one
        kinds.iter().for_each(|kind| kind.sever(lost));
        told
    }
}
