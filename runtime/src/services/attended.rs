//! [`Attended`]: what the overseer does to a kind.

use std::sync::Arc;

use super::Board;
use crate::engine::{Answer, Answered, Cell, Signal};
use crate::error::NotRun;
use crate::events::Happened;
use crate::key::Key;
use crate::node::{Kind, Rules};
use crate::service::{ActorRef, LifeState, Service, ServiceInfo};

/// A kind in the hands of the overseer.
pub(crate) trait Attended: Send + Sync {
    fn info(&self) -> &'static ServiceInfo;
    fn rules(&self) -> &Rules;
    fn board(&self) -> &Board;
    /// It has one instance, whose end is that of the service.
    fn is_one(&self) -> bool;
    /// Of what starts with the service, at least one takes calls and nothing is known against it.
    fn is_well(&self) -> bool;
    /// All of what starts with the service is quarantined.
    fn is_quarantined(&self) -> bool;
    /// Tells what happened to the service as a whole.
    fn happened(&self, happened: Happened);
    /// Calls pass from now on.
    fn open(&self);
    /// Starts the instance of a service without key, or the members of a pool. Of a keyed service nothing is started
    /// before its first call.
    fn start(&self) -> Vec<Answered>;
    /// No call passes from now on, for this reason; what is queued is returned with it as soon as it comes up.
    fn shut(&self, why: NotRun);
    /// Ends every activation that is named by a key or a member of the pool. Comes after [`shut`](Attended::shut), so
    /// that nothing starts behind it.
    fn stop(&self) -> Vec<Answered>;
    /// Nothing is remembered of the crashes of its activations.
    fn forget_crashes(&self);
    /// Begins to wait for the ends of what is busy, on behalf of the handler that this runs in.
    ///
    /// # Errors
    /// The handler would wait for itself.
    fn wait_for_ends(&self) -> Result<Vec<Answered>, NotRun>;
}

impl<S: Service> Attended for Arc<Kind<S>> {
    fn info(&self) -> &'static ServiceInfo {
        const { &S::INFO }
    }

    fn rules(&self) -> &Rules {
        &self.rules
    }

    fn board(&self) -> &Board {
        &self.board
    }

    fn is_one(&self) -> bool {
        Kind::<S>::IS_ONE
    }

    fn is_well(&self) -> bool {
        !Kind::<S>::IS_EAGER || self.eager_cells().iter().any(|cell| cell.is_well())
    }

    fn is_quarantined(&self) -> bool {
        Kind::<S>::IS_EAGER && self.eager_cells().iter().all(|cell| cell.standing().refuses())
    }

    fn happened(&self, happened: Happened) {
        self.tell(None, || happened);
    }

    fn open(&self) {
        self.gate.open();
    }

    fn start(&self) -> Vec<Answered> {
        if !Kind::<S>::IS_EAGER || self.stand_in().is_some() {
            return Vec::new();
        }
        let Ok(key) = S::Key::parse(&S::INFO.key, "/") else { return Vec::new() };
        let actor: ActorRef<S> = self.actor(crate::key::Made(key));
        // the one instance of all nodes is another's to start
        let here = actor.cells().iter().filter(|cell| !cell.is_away());
        here.map(|cell| signal(cell, Signal::Start)).collect()
    }

    fn shut(&self, why: NotRun) {
        self.gate.shut(why);
        self.named_cells().iter().for_each(|cell| cell.gate());
    }

    fn stop(&self) -> Vec<Answered> {
        // Whoever owned a cell before it was gated may be about to start it; who comes later finds the gate shut.
        let rests =
            |cell: &Cell<S>| matches!(cell.life(), LifeState::NotStarted | LifeState::Stopped) && cell.is_vacant();
        self.named_cells().iter().filter(|cell| !rests(cell)).map(|cell| signal(cell, Signal::Stop)).collect()
    }

    fn forget_crashes(&self) {
        self.supervision.reset_all();
    }

    fn wait_for_ends(&self) -> Result<Vec<Answered>, NotRun> {
        let cells = self.named_cells();
        let busy = cells.iter().filter(|cell| !cell.is_quiet());
        busy.map(|cell| cell.answer().map(|(_, answered)| answered)).collect()
    }
}

fn signal<S: Service>(cell: &Arc<Cell<S>>, signal: fn(Answer) -> Signal) -> Answered {
    let (answer, answered) = Answer::new(None);
    cell.signal(signal(answer));
    answered
}
