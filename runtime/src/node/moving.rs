//! [`Moving`]: how the actors of a kind leave the node, and come to it.

use std::sync::Arc;

use tracing::Level;

use crate::engine::{Answer, Cell, Signal};
use crate::events::Happened;
use crate::key::{Key, Made};
use crate::node::Kind;
use crate::remote::{Farewell, Placement, Snapshot, check_contract};
use crate::service::{ActorRef, Service};

/// A kind in the hands of whoever decides where actors live.
pub(crate) trait Moving: Send + Sync {
    /// Tells the activations of what `leaves` to end.
    fn leave(&self, leaves: &dyn Fn(Placement) -> bool) -> Vec<Farewell>;
    /// Ends the activations of what was `lost`, at once; how many were told. Those who watch them are to watch whoever
    /// has them next.
    fn fence(&self, lost: &dyn Fn(Placement) -> bool) -> usize;
    /// Those who watch actors of what `leaves`, and of which nothing runs any more, are to watch them where they go.
    fn part(&self, leaves: &dyn Fn(Placement) -> bool);
    /// The links of actors of what `leaves`, and of which nothing runs any more, go along.
    fn take_links_along(&self, leaves: &dyn Fn(Placement) -> bool);
    /// Ends what is linked to actors of what was `lost`.
    fn sever(&self, lost: &dyn Fn(Placement) -> bool);
    /// Looks again whether calls have to ask where their actors live.
    fn guard(&self);
    /// Keeps a state for the activation that is started next under its key.
    fn inherit(&self, snapshot: Snapshot);
    /// The states of what `leaves` that nobody took up.
    fn disinherit(&self, leaves: &dyn Fn(Placement) -> bool) -> Vec<(Placement, Snapshot)>;
    /// The state of the actor of this path is lost.
    fn lose(&self, path: &str, why: &str);
    /// Starts the one instance of the service if it `comes`.
    fn begin_owned(&self, comes: &dyn Fn(Placement) -> bool);
}

impl<S: Service> Moving for Arc<Kind<S>> {
    fn leave(&self, leaves: &dyn Fn(Placement) -> bool) -> Vec<Farewell> {
        moved(self, leaves).iter().filter_map(Cell::leave).collect()
    }

    fn fence(&self, lost: &dyn Fn(Placement) -> bool) -> usize {
        let cells = moved(self, lost);
        cells.iter().filter(|cell| cell.fence()).count()
    }

    fn part(&self, leaves: &dyn Fn(Placement) -> bool) {
        if self.common.bonds.any() {
            moved(self, leaves).iter().filter(|cell| cell.is_at_rest()).for_each(Cell::part);
        }
    }

    fn take_links_along(&self, leaves: &dyn Fn(Placement) -> bool) {
        if self.common.bonds.any() {
            moved(self, leaves).iter().filter(|cell| cell.is_at_rest()).for_each(Cell::take_links_along);
        }
    }

    fn sever(&self, lost: &dyn Fn(Placement) -> bool) {
        if self.common.bonds.any() {
            moved(self, lost).iter().for_each(|cell| cell.sever("its node is not its owner any more"));
        }
    }

    fn guard(&self) {
        Kind::guard(self);
    }

    fn inherit(&self, snapshot: Snapshot) {
        let Snapshot { version, path, state, .. } = snapshot;
        if let Err(error) = check_contract(S::INFO.name, &version, S::INFO.version) {
            return Moving::lose(self, &path, &error.to_string());
        }
        match S::Key::parse(&S::INFO.key, &path) {
            Ok(key) => self.heirs.insert(key, state),
            Err(error) => Moving::lose(self, &path, &error.to_string()),
        }
    }

    fn disinherit(&self, leaves: &dyn Fn(Placement) -> bool) -> Vec<(Placement, Snapshot)> {
        let taken = self.heirs.take(|key| leaves(Placement::of::<S>(key)));
        let snapshot = |(key, state): (S::Key, bytes::Bytes)| {
            let (service, version) = (S::INFO.name.into(), S::INFO.version.into());
            let path = key.render(&S::INFO.key).into();
            (Placement::of::<S>(&key), Snapshot { service, version, path, state })
        };
        taken.into_iter().map(snapshot).collect()
    }

    fn lose(&self, path: &str, why: &str) {
        Kind::lose(self, path, why);
    }

    fn begin_owned(&self, comes: &dyn Fn(Placement) -> bool) {
        let Ok(key) = S::Key::parse(&S::INFO.key, "/") else { return };
        let placement = Placement::of::<S>(&key);
        if Kind::<S>::IS_ONE && placement.is_owned() && comes(placement) && !self.gate.is_shut() {
            let actor: ActorRef<S> = self.actor(Made(key));
            actor.cell().signal(Signal::Start(Answer::new(None).0));
        }
    }
}

impl<S: Service> Kind<S> {
    /// The state of the actor of this path is lost: says so.
    pub(crate) fn lose(&self, path: &str, why: &str) {
        let log = || tracing::error!(service = S::INFO.name, path, why, "an actor starts anew: its state is lost");
        self.say(Level::ERROR, log);
        self.tell(Some(path.into()), || Happened::StateLost { why: why.into() });
    }
}

#[cfg(feature = "state")]
impl<S: Service> Kind<S> {
    /// What the actor of this path did since its state was saved last is not in the store: says so.
    pub(crate) fn not_saved(&self, path: &str, why: &str) {
        let log = || tracing::error!(service = S::INFO.name, path, why, "an actor has not saved its state");
        self.say(Level::ERROR, log);
        self.tell(Some(path.into()), || Happened::StateNotSaved { why: why.into() });
    }
}

/// The actors that one node alone has, of those meant.
fn moved<S: Service>(kind: &Kind<S>, meant: &dyn Fn(Placement) -> bool) -> Vec<Arc<Cell<S>>> {
    let is_meant = |cell: &Arc<Cell<S>>| {
        let placement = cell.placement();
        placement.is_owned() && meant(placement)
    };
    kind.named_cells().into_iter().filter(is_meant).collect()
}
