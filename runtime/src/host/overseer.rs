//! The overseer as an actor: takes in what it is told, one after the other, and is woken when something is due.

use std::pin::Pin;
use std::sync::Arc;

use kameo::actor::{Actor, ActorRef, WeakActorRef};
use kameo::error::{ActorStopReason, Infallible};
use kameo::message::{Context, Message};
use parking_lot::Mutex;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use crate::services::{Door, Overseer, Told};

/// What kameo runs. Its books outlive it: one that kameo restarts goes on with them.
pub(super) struct OverseerActor {
    overseer: Arc<Mutex<Overseer>>,
    alarm: Option<(Instant, JoinHandle<()>)>,
}

impl Actor for OverseerActor {
    type Args = Arc<Mutex<Overseer>>;
    type Error = Infallible;

    async fn on_start(overseer: Self::Args, this: ActorRef<Self>) -> Result<Self, Self::Error> {
        let mut actor = OverseerActor { overseer, alarm: None };
        actor.set_alarm(&this);
        Ok(actor)
    }

    async fn on_stop(&mut self, _: WeakActorRef<Self>, _: ActorStopReason) -> Result<(), Self::Error> {
        self.end_alarm();
        Ok(())
    }
}

impl OverseerActor {
    /// Has it told when something is due next.
    fn set_alarm(&mut self, this: &ActorRef<Self>) {
        let due = self.overseer.lock().poll_timeout();
        if due == self.alarm.as_ref().map(|(moment, _)| *moment) {
            return;
        }
        self.end_alarm();
        self.alarm = due.map(|moment| {
            let this = this.downgrade();
            let rings = tokio::spawn(async move {
                sleep_until(moment).await;
                if let Some(this) = this.upgrade() {
                    // an error is an overseer that has ended
                    let _ = this.tell(Told::Tick).await;
                }
            });
            (moment, rings)
        });
    }

    fn end_alarm(&mut self) {
        if let Some((_, rings)) = self.alarm.take() {
            rings.abort();
        }
    }
}

impl Drop for OverseerActor {
    fn drop(&mut self) {
        self.end_alarm();
    }
}

impl Message<Told> for OverseerActor {
    type Reply = ();

    async fn handle(&mut self, told: Told, cx: &mut Context<Self, Self::Reply>) {
        if matches!(told, Told::Tick) {
            // it has rung: the next one may be due at the same moment
            self.alarm = None;
        }
        self.overseer.lock().handle(told);
        self.set_alarm(cx.actor_ref());
    }
}

/// The door to a running overseer.
pub(super) struct OverseerDoor(pub(super) ActorRef<OverseerActor>);

impl Door for OverseerDoor {
    fn tell(&self, told: Told) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            // an error is a node that has ended: what waits for an answer sees its sender dropped
            let _ = self.0.tell(told).await;
        })
    }
}
