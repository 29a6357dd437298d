//! [`Reference`]: what every generated reference can do beside the service's own methods.

use tokio::sync::watch;

use crate::engine::{Call, Occupant, Signal};
use crate::error::NotRun;
use crate::remote::Operation;
use crate::service::watching::{subscribe, watch_all};
use crate::service::{ActorRef, PING, Service, Status, WeakRef};

/// A reference to an actor: names its key, not an activation, and stays good after a restart.
pub trait Reference: Clone + Send + Sync + Sized + 'static {
    /// The service behind it.
    type Service: Service<Ref = Self>;

    /// Wraps an untold reference. Generated code calls this.
    fn from_actor(actor: ActorRef<Self::Service>) -> Self;

    /// The untold reference inside.
    fn actor(&self) -> &ActorRef<Self::Service>;

    /// The key.
    fn key(&self) -> &<Self::Service as Service>::Key {
        &self.actor().cell().key
    }

    /// The key in its printed form, e.g. `/tenant/acme/counter/orders`.
    fn path(&self) -> String {
        self.actor().cell().path()
    }

    /// Asks the built-in method: `pong` once the actor has worked off what came before. Of a pool one member answers.
    fn ping(&self) -> Call<'_, Self::Service, PING> {
        Call::new(self.actor(), ())
    }

    /// Starts an activation if there is none; of a pool, one in each member. Safe to repeat.
    ///
    /// # Errors
    /// [`NotRun::Failed`] with the reason when the factory or a hook fails; [`NotRun::Cycle`] in a handler of this very
    /// actor, or of one that it waits for. Cancel safe: the start goes on.
    fn start(&self) -> impl Future<Output = Result<(), NotRun>> + Send {
        signal(self, Operation::Start)
    }

    /// Ends the activation after the running handler, ahead of queued mail, running its stop hook once. Queued
    /// messages of a keyed actor start a fresh activation. A pool stops in all its members. Cancel safe: the stop goes
    /// on.
    ///
    /// # Errors
    /// [`NotRun::Cycle`] in a handler of this very actor, or of one that it waits for: it would wait for its own end.
    /// There, leave the waiting to a background task: `cx.spawn("stop", async move { let _ = me.stop().await; })`.
    fn stop(&self) -> impl Future<Output = Result<(), NotRun>> + Send {
        signal(self, Operation::Stop)
    }

    /// Stops, then starts anew; a pool in all its members. References stay good. Cancel safe: the restart goes on.
    ///
    /// # Errors
    /// [`NotRun::Failed`] when the new activation does not start; [`NotRun::Cycle`] as for [`stop`](Reference::stop).
    fn restart(&self) -> impl Future<Output = Result<(), NotRun>> + Send {
        signal(self, Operation::Restart)
    }

    /// Where the actor stands in its life cycle now. Of a pool it is the status of one member: a failed one if there
    /// is any, else one that stops, starts, runs, was stopped, was never started, in this order. Of an actor that lives
    /// on another node it says so ([`LifeState::Away`](crate::LifeState::Away)), and what was last known here.
    fn status(&self) -> Status {
        let cells = self.actor().cells();
        cells[1..].iter().fold(Status::of(&cells[0]), |worst, cell| worst.worse(Status::of(cell)))
    }

    /// How many messages wait in its mailbox now; of a pool, in those of all members. Those of an actor that lives on
    /// another node are counted there, and only what is held here for it is in this.
    fn waiting(&self) -> u64 {
        self.actor().cells().iter().map(|cell| u64::from(cell.waiting())).sum()
    }

    /// The life cycle as it goes on; the current status is seen first. Of a pool it is the same status as
    /// [`status`](Reference::status) tells.
    fn watch(&self) -> watch::Receiver<Status> {
        match self.actor().cells() {
            [cell] => subscribe(cell),
            members => watch_all(members[0].kind.runtime(), members.iter().map(subscribe).collect()),
        }
    }

    /// A reference that does not keep a spawned actor alive.
    fn downgrade(&self) -> WeakRef<Self> {
        WeakRef::new(self.actor())
    }
}

async fn signal<R: Reference>(reference: &R, operation: Operation) -> Result<(), NotRun> {
    let actor = reference.actor();
    if actor.cell().is_away() {
        return actor.cell().operate_away(operation).await;
    }
    operate(actor, operation).await
}

/// Does it to an actor that lives here, or to all members of a pool.
pub(crate) async fn operate<S: Service>(actor: &ActorRef<S>, operation: Operation) -> Result<(), NotRun> {
    let kind = match operation {
        Operation::Start => Signal::Start,
        Operation::Stop => Signal::Stop,
        Operation::Restart => Signal::Restart,
    };
    if let Some(why) = actor.cell().kind.refusal(actor.cell().is_single()) {
        return Err(why);
    }
    let waits = actor.cells().iter().map(|cell| cell.answer()).collect::<Result<Vec<_>, NotRun>>()?;
    let signalled = actor.cells().iter().zip(waits).map(|(cell, (answer, answered))| {
        cell.signal(kind(answer));
        answered
    });
    let mut outcome = Ok(());
    for answered in signalled.collect::<Vec<_>>() {
        outcome = outcome.and(answered.outcome().await);
    }
    outcome
}
