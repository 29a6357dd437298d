//! [`AnyKind`]: one kind without its type, and how it is swept and drained.

use std::any::{Any, TypeId};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use consort_protocol::time::Moment;

use crate::client::Circuit;
use crate::dynamic::{self, DynamicCall, DynamicResult, ServiceDescription};
use crate::engine::{Answer, Answered, Signal};
use crate::error::NotRun;
use crate::health::{KindHealth, ServiceBeat, Watched};
use crate::key::Key;
use crate::node::{Kind, KindStats, Moving};
use crate::remote::{Entrance, Placement};
use crate::service::{LifeState, Service};
use crate::services::Attended;
use crate::telemetry::ServiceSnapshot;

/// Sweeps without a call after which an activation is passivated; more sweeps make the moment more exact.
const SWEEPS: u8 = 4;

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What a host does for a kind.
pub(crate) trait Swept: Send + Sync {
    fn name(&self) -> &'static str;
    /// Passivates what has been idle; returns after one look at each actor.
    fn sweep(&self);
    fn sweep_period(&self) -> Duration;
}

/// A [`Kind`] without its type.
pub(crate) trait AnyKind: Swept + Attended + Moving {
    fn type_name(&self) -> &'static str;
    fn type_id_of_service(&self) -> TypeId;
    /// The `Arc<Kind<S>>` itself.
    fn typed(&self) -> &dyn Any;
    fn describe(&self) -> ServiceDescription;
    /// The way in to a method for calls of other nodes.
    fn entrance(&self, method: &str) -> Result<Entrance, NotRun>;
    /// What decides where the actor with the key of this path lives.
    fn placement(&self, path: &str) -> Result<Placement, NotRun>;
    /// Its counters, unless all it does is refuse calls.
    fn stats(&self) -> Option<KindStats>;
    /// The circuits that are not closed.
    fn circuits(&self) -> Vec<Circuit>;
    /// What was counted and measured of it, unless all it does is refuse calls.
    fn telemetry(&self) -> Option<ServiceSnapshot>;
    fn call<'a>(&'a self, call: DynamicCall) -> Boxed<'a, DynamicResult>;
    /// As `call`, but tells.
    fn push<'a>(&'a self, call: DynamicCall) -> Boxed<'a, Result<(), NotRun>>;
    fn close(&self);
    /// Actors that still work or have mail.
    fn busy(&self) -> u64;
    /// Tells every live activation to stop; each answers when it has.
    fn stop_all(&self) -> Vec<Answered>;
    /// Tells every live activation that a key names to start anew; each answers when it has. The one whose handler
    /// asks, or waits for who asks, does not answer.
    #[cfg(feature = "config")]
    fn restart_live(&self) -> Vec<Answered>;
    /// Refuses what waits behind handlers that are still suspended.
    fn abandon_mail(&self);
    fn clear(&self);
    /// The health of its actors.
    fn health(&self) -> &KindHealth;
    /// The actor whose cell is at this address, if one is.
    fn at(&self, address: usize) -> Option<Arc<dyn Watched>>;
    /// Has more members in its pool, or fewer, where that is due.
    fn scale(&self, now: Moment);
    /// Probes the actors that are to be probed at every beat.
    fn probe(&self);
    /// How the service is, apart from what its health and its threads say; `None` if all it does is refuse calls.
    fn beat(&self) -> Option<ServiceBeat>;
}

impl<S: Service> Swept for Arc<Kind<S>> {
    fn name(&self) -> &'static str {
        S::INFO.name
    }

    fn sweep(&self) {
        for cell in self.table.cells() {
            if cell.age() < SWEEPS {
                continue;
            }
            // what started with the service, and not with a call, ends with it, unless it says otherwise itself
            let stays = Kind::<S>::IS_EAGER && S::INFO.idle_ms.is_none();
            if cell.life() == LifeState::Running && !stays {
                cell.signal(Signal::Passivate);
            } else {
                self.table.forget_vacant(cell);
            }
        }
    }

    fn sweep_period(&self) -> Duration {
        self.idle() / u32::from(SWEEPS)
    }
}

impl<S: Service> AnyKind for Arc<Kind<S>> {
    fn type_name(&self) -> &'static str {
        std::any::type_name::<S>()
    }

    fn type_id_of_service(&self) -> TypeId {
        TypeId::of::<S>()
    }

    fn typed(&self) -> &dyn Any {
        self
    }

    fn describe(&self) -> ServiceDescription {
        dynamic::describe::<S>()
    }

    fn entrance(&self, method: &str) -> Result<Entrance, NotRun> {
        dynamic::entrance(self, method)
    }

    fn placement(&self, path: &str) -> Result<Placement, NotRun> {
        let key = S::Key::parse(&S::INFO.key, path).map_err(|error| NotRun::BadKey(Box::new(error)))?;
        Ok(Placement::of::<S>(&key))
    }

    fn stats(&self) -> Option<KindStats> {
        self.is_served().then(|| Kind::stats(self))
    }

    fn circuits(&self) -> Vec<Circuit> {
        self.callers.circuits()
    }

    fn telemetry(&self) -> Option<ServiceSnapshot> {
        self.is_served().then(|| Kind::telemetry(self))
    }

    fn call<'a>(&'a self, call: DynamicCall) -> Boxed<'a, DynamicResult> {
        Box::pin(dynamic::call(self, call))
    }

    fn push<'a>(&'a self, call: DynamicCall) -> Boxed<'a, Result<(), NotRun>> {
        Box::pin(dynamic::push(self, call))
    }

    fn close(&self) {
        Kind::close(self);
    }

    fn busy(&self) -> u64 {
        self.cells().iter().filter(|cell| !cell.is_quiet()).count() as u64
    }

    fn stop_all(&self) -> Vec<Answered> {
        let mut answers = Vec::new();
        for cell in self.cells() {
            let life = cell.life();
            if !matches!(life, LifeState::NotStarted | LifeState::Stopped | LifeState::Failed) {
                let (answer, answered) = Answer::new(None);
                cell.signal(Signal::Stop(answer));
                answers.push(answered);
            }
        }
        answers
    }

    #[cfg(feature = "config")]
    fn restart_live(&self) -> Vec<Answered> {
        let mut answers = Vec::new();
        for cell in self.cells() {
            if !cell.is_single() && matches!(cell.life(), LifeState::Starting | LifeState::Running) {
                let (answer, answered) =
                    cell.answer().map_or_else(|_| (Answer::new(None).0, None), |(a, b)| (a, Some(b)));
                cell.signal(Signal::Restart(answer));
                answers.extend(answered);
            }
        }
        answers
    }

    fn abandon_mail(&self) {
        self.cells().iter().for_each(|cell| cell.abandon_mail());
    }

    fn clear(&self) {
        Kind::clear(self);
    }

    fn health(&self) -> &KindHealth {
        &self.health
    }

    fn at(&self, address: usize) -> Option<Arc<dyn Watched>> {
        Some(self.cells().into_iter().find(|cell| Arc::as_ptr(cell).addr() == address)?)
    }

    fn scale(&self, now: Moment) {
        Kind::scale(self, now);
    }

    fn probe(&self) {
        if S::INFO.has_probe && !self.is_closing() {
            self.probe_all();
        }
    }

    fn beat(&self) -> Option<ServiceBeat> {
        self.supervision.forget_calm(self.common.now());
        self.is_served().then(|| self.service_beat())
    }
}
