//! What is asked of a kind in the course of a call, and what becomes of one that is in trouble.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Instant;

use tokio::runtime::Handle;
use tracing::Level;

use super::home::Home;
use super::{Factory, Kind};
use crate::error::NotRun;
use crate::events::Happened;
use crate::node::{Node, Registry};
use crate::remote::Remote;
use crate::service::{ActivationId, Service, StandIn};
use crate::services::Told;
use crate::supervision::ExitReason;
use crate::telemetry::Meters;

impl<S: Service> Kind<S> {
    pub(crate) fn activation_id(&self, sequence: u64) -> ActivationId {
        self.common.activation_id(sequence)
    }

    /// The kind as a whole is in trouble: no calls from now on. The overseer ends every activation, and decides.
    pub(crate) fn escalate(&self, why: &str) {
        self.say(Level::ERROR, || tracing::error!(service = S::INFO.name, why, "a service escalates"));
        self.tell(None, || Happened::Escalated { why: why.into() });
        self.gate.shut(NotRun::Unavailable { service: S::INFO.name.into(), reason: why.into() });
        self.named_cells().iter().for_each(|cell| cell.gate());
        self.report(ExitReason::Escalated(why.into()));
    }

    /// Tells the overseer that the only instance of this service, or all of it, has ended.
    pub(crate) fn report(&self, reason: ExitReason) {
        let Some(registry) = self.node.upgrade() else { return };
        let told = Told::Ended { service: S::INFO.name, reason };
        self.common.runtime.spawn(async move { registry.oversee(told).await });
    }

    /// The node, without keeping it.
    pub(crate) fn registry(&self) -> &Weak<Registry> {
        &self.node
    }

    /// A handle to the node; to one that takes no calls if it is gone.
    pub(crate) fn node(&self) -> Node {
        Node::inside(self.node.upgrade().unwrap_or_else(|| Registry::ended(self.common.clone())))
    }

    pub(crate) fn runtime(&self) -> &Handle {
        &self.common.runtime
    }

    #[inline(always)]
    pub(crate) fn runtime_id(&self) -> tokio::runtime::Id {
        self.home.runtime
    }

    #[inline(always)]
    pub(crate) fn home(&self) -> &Home {
        &self.home
    }

    /// What counts the calls; `None` while telemetry is off.
    #[inline(always)]
    pub(crate) fn meters(&self) -> Option<&Arc<Meters>> {
        self.home.meters.as_ref()
    }

    pub(crate) fn now_nanos(&self) -> u64 {
        self.common.now_nanos()
    }

    pub(crate) fn instant(&self, nanos: u64) -> Instant {
        self.common.instant(nanos)
    }

    #[inline]
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    /// Whether a tell must be looked at before it is queued.
    #[inline(always)]
    pub(crate) fn needs_checks(&self) -> bool {
        !self.plain || self.is_closing() || self.gate.is_shut()
    }

    /// Who answers its calls instead, in a test.
    pub(crate) fn stand_in(&self) -> Option<&StandIn<S>> {
        match &self.factory {
            Factory::StandIn(stand_in) => Some(stand_in),
            Factory::Plain(_) | Factory::Keyed(_) => None,
        }
    }

    /// The other nodes, if actors of this service may live there.
    #[inline]
    pub(crate) fn remote(&self) -> Option<&Arc<dyn Remote>> {
        if self.roams { self.common.remote() } else { None }
    }

    /// Why nobody on this node makes calls any more, if so.
    pub(crate) fn end(&self) -> Option<NotRun> {
        self.common.has_stopped().then_some(NotRun::ShuttingDown)
    }

    /// Why this node takes no call of this service, if it does not. The gate is not that of spawned actors: they are the
    /// program's own.
    pub(crate) fn refusal(&self, is_spawned: bool) -> Option<NotRun> {
        if let Some(why) = self.end() {
            return Some(why);
        }
        if let Some(why) = self.gate.refusal().filter(|_| !is_spawned) {
            return Some(why);
        }
        let served = || self.node.upgrade().map(|registry| registry.names()).unwrap_or_default();
        (!self.served).then(|| NotRun::not_served(S::INFO.name, served()))
    }
}
