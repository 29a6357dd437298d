//! The host of one service kind: passivates what has been idle.

use std::sync::Arc;
use std::time::Duration;

use kameo::actor::{Actor, ActorRef, WeakActorRef};
use kameo::error::{ActorStopReason, Infallible};
use kameo::message::{Context, Message};
use tokio::task::JoinHandle;

use crate::node::Swept;

/// Sweeps are at least this far apart: a sweep looks at every actor.
const PERIOD_MIN: Duration = Duration::from_millis(1);

pub(super) struct Sweeper {
    kind: Arc<dyn Swept>,
    clock: JoinHandle<()>,
}

struct Sweep;

impl Actor for Sweeper {
    type Args = Arc<dyn Swept>;
    type Error = Infallible;

    async fn on_start(kind: Self::Args, this: ActorRef<Self>) -> Result<Self, Self::Error> {
        let clock = tokio::spawn(tick(this.downgrade(), kind.sweep_period().max(PERIOD_MIN)));
        Ok(Sweeper { kind, clock })
    }

    async fn on_stop(&mut self, _: WeakActorRef<Self>, _: ActorStopReason) -> Result<(), Self::Error> {
        self.clock.abort();
        Ok(())
    }
}

impl Drop for Sweeper {
    fn drop(&mut self) {
        self.clock.abort();
    }
}

impl Message<Sweep> for Sweeper {
    type Reply = ();

    async fn handle(&mut self, Sweep: Sweep, _: &mut Context<Self, Self::Reply>) {
        self.kind.sweep();
    }
}

async fn tick(sweeper: WeakActorRef<Sweeper>, period: Duration) {
    loop {
        tokio::time::sleep(period).await;
        let Some(sweeper) = sweeper.upgrade() else { return };
        if sweeper.tell(Sweep).await.is_err() {
            return;
        }
    }
}
