//! What a node serves, by type and by name.

use std::any::TypeId;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};

use crate::attached::Attached;
use crate::error::{StartError, UnknownService};
use crate::events::Bus;
use crate::node::{AnyKind, Common, Factory, Kind, Options, Rules};
use crate::remote::Joining;
use crate::service::Service;
use crate::services::{Door, Told};
use crate::telemetry::TelemetrySnapshot;

/// The heart of a node: its handles hold it, it holds the kinds.
pub(crate) struct Registry {
    pub(crate) common: Arc<Common>,
    kinds: OnceLock<Kinds>,
    overseer: OnceLock<Arc<dyn Door>>,
    /// Of services that are not served, made at their first use.
    others: Mutex<HashMap<(TypeId, Use), Arc<dyn AnyKind>>>,
    /// What the program attached.
    pub(crate) attached: Attached,
    #[cfg(feature = "state")]
    states: OnceLock<Arc<dyn consort_state::StateStore>>,
    shutting_down: AtomicBool,
    ended: watch::Sender<bool>,
    #[cfg(feature = "metrics")]
    publisher: crate::telemetry::Publisher,
}

/// What is served.
#[derive(Default)]
pub(crate) struct Kinds {
    pub(crate) by_type: HashMap<TypeId, Arc<dyn AnyKind>, foldhash::fast::FixedState>,
    pub(crate) by_name: BTreeMap<&'static str, Arc<dyn AnyKind>>,
    /// Names; who needs another comes before it.
    pub(crate) stop_order: Vec<String>,
}

impl Kinds {
    /// One more service.
    pub(super) fn add(&mut self, kind: Arc<dyn AnyKind>) -> Result<(), StartError> {
        if let Some(first) = self.by_name.get(kind.name()) {
            return Err(StartError::DuplicateService {
                name: kind.name(),
                first: first.type_name(),
                second: kind.type_name(),
            });
        }
        self.by_type.insert(kind.type_id_of_service(), kind.clone());
        self.by_name.insert(kind.name(), kind);
        Ok(())
    }
}

/// What a program does with a service that its node does not serve.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Use {
    /// Names actors by key: their calls are refused.
    Get,
    /// Spawns actors from values.
    Spawn,
}

/// Marks the node as ended when the shutdown is over or was dropped.
pub(super) struct Shutdown<'a>(&'a Registry);

impl Drop for Shutdown<'_> {
    fn drop(&mut self) {
        self.0.ended.send_replace(true);
    }
}

impl Registry {
    pub(crate) fn new(options: Options, runtime: Handle, joining: Option<&dyn Joining>, events: Bus) -> Arc<Self> {
        Self::with(Arc::new(Common::new(options, runtime, joining, events)))
    }

    /// Of a node that is gone: it serves nothing.
    pub(crate) fn ended(common: Arc<Common>) -> Arc<Self> {
        common.set_closing();
        common.set_stopped();
        let registry = Self::with(common);
        registry.shutting_down.store(true, Ordering::Release);
        registry.ended.send_replace(true);
        registry
    }

    fn with(common: Arc<Common>) -> Arc<Self> {
        Arc::new(Registry {
            common,
            kinds: OnceLock::new(),
            overseer: OnceLock::new(),
            others: Mutex::default(),
            attached: Attached::default(),
            #[cfg(feature = "state")]
            states: OnceLock::new(),
            shutting_down: AtomicBool::new(false),
            ended: watch::Sender::new(false),
            #[cfg(feature = "metrics")]
            publisher: Default::default(),
        })
    }

    /// Gives the node its store of states, once, before anything is served.
    #[cfg(feature = "state")]
    pub(crate) fn set_states(&self, store: Arc<dyn consort_state::StateStore>) {
        let _ = self.states.set(store);
    }

    /// Where states of actors are kept.
    #[cfg(feature = "state")]
    pub(crate) fn states(&self) -> Option<&Arc<dyn consort_state::StateStore>> {
        self.states.get()
    }

    /// Whether states of actors are kept.
    pub(crate) fn keeps_states(&self) -> bool {
        #[cfg(feature = "state")]
        let keeps = self.states().is_some();
        #[cfg(not(feature = "state"))]
        let keeps = false;
        keeps
    }

    /// Fixes what is served, once, before the first call.
    pub(crate) fn set_kinds(&self, kinds: Kinds) {
        let _ = self.kinds.set(kinds);
    }

    /// Gives the node its overseer, once, before the first call.
    pub(crate) fn set_door(&self, door: Arc<dyn Door>) {
        let _ = self.overseer.set(door);
    }

    /// Tells the overseer; a node that has none any more has nothing to be told.
    pub(crate) async fn oversee(&self, told: Told) {
        if let Some(overseer) = self.overseer.get() {
            overseer.tell(told).await;
        }
    }

    /// Starts the services, and waits until each is up, waits for something or has failed; or for the start deadline.
    pub(super) async fn begin(&self) {
        let (begun, begins) = oneshot::channel();
        self.oversee(Told::Begin(begun)).await;
        // an error is a node that ends already
        if tokio::time::timeout(self.common.options.start, begins).await.is_err() {
            tracing::warn!(node = %self.common.options.name, "services are still starting: the node goes on without them");
        }
    }

    /// From now on nothing is started, stopped or restarted but by the node itself.
    pub(super) async fn halt_overseer(&self) {
        let (halted, halts) = oneshot::channel();
        self.oversee(Told::Halt(halted)).await;
        let _ = halts.await;
    }

    /// Puts services on the keep-alive list.
    pub(super) fn keep_alive(&self, names: &[String]) -> Result<(), UnknownService> {
        let mut kept = self.common.notes.kept.lock();
        for name in names {
            let name = self.name_of(name)?;
            if !kept.contains(&name) {
                kept.push(name);
            }
        }
        Ok(())
    }

    /// The name of a service that is served.
    pub(crate) fn name_of(&self, service: &str) -> Result<&'static str, UnknownService> {
        let kind = self.named(service).ok_or_else(|| UnknownService::new(service, self.names()))?;
        Ok(kind.name())
    }

    fn kinds(&self) -> Option<&Kinds> {
        self.kinds.get()
    }

    /// The kind of `S`, if served.
    #[inline]
    pub(crate) fn kind<S: Service>(&self) -> Option<&Arc<Kind<S>>> {
        self.kinds()?.by_type.get(&TypeId::of::<S>())?.typed().downcast_ref()
    }

    /// The kind of `S`, which is not served: one a type and use.
    #[cold]
    pub(crate) fn other<S: Service>(self: &Arc<Self>, used: Use) -> Arc<Kind<S>> {
        let mut others = self.others.lock();
        let of = (TypeId::of::<S>(), used);
        if let Some(kind) = others.get(&of).and_then(|kind| kind.typed().downcast_ref::<Arc<Kind<S>>>()) {
            return kind.clone();
        }
        let kind = Kind::new(self, Factory::none(), Rules::of(&S::INFO), used == Use::Spawn);
        others.insert(of, Arc::new(kind.clone()));
        kind
    }

    /// The kind of the type with this id whose actors run: a served one, or one that was spawned.
    pub(crate) fn of_type(&self, id: TypeId) -> Option<Arc<dyn AnyKind>> {
        match self.kinds()?.by_type.get(&id) {
            Some(kind) => Some(kind.clone()),
            None => self.others.lock().get(&(id, Use::Spawn)).cloned(),
        }
    }

    pub(crate) fn named(&self, name: &str) -> Option<&Arc<dyn AnyKind>> {
        self.kinds()?.by_name.get(name)
    }

    /// What is served, by name.
    pub(crate) fn served(&self) -> Vec<Arc<dyn AnyKind>> {
        self.kinds().map(|kinds| kinds.by_name.values().cloned().collect()).unwrap_or_default()
    }

    /// What is served, in stop order.
    pub(super) fn in_stop_order(&self) -> Vec<Arc<dyn AnyKind>> {
        let names = self.kinds().map_or(&[][..], |kinds| &kinds.stop_order);
        names.iter().filter_map(|name| self.named(name).cloned()).collect()
    }

    /// Every kind, by name: what is served, and what else was used.
    pub(crate) fn all(&self) -> Vec<Arc<dyn AnyKind>> {
        let mut all = self.served();
        all.extend(self.others.lock().values().cloned());
        all.sort_by_key(|kind| kind.name());
        all
    }

    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.kinds().map(|kinds| kinds.by_name.keys().copied().collect()).unwrap_or_default()
    }

    pub(super) fn telemetry(&self) -> TelemetrySnapshot {
        TelemetrySnapshot {
            node: self.common.options.name.clone(),
            at: self.common.now().since_start(),
            on: self.common.options.telemetry.on,
            services: self.all().iter().filter_map(|kind| kind.telemetry()).collect(),
        }
    }

    /// Begins to hand what is counted to the recorder of the `metrics` crate, if that is built in.
    pub(super) fn start_publishing(self: &Arc<Self>) {
        #[cfg(feature = "metrics")]
        crate::telemetry::Publisher::start(self);
    }

    /// Hands over what is new.
    pub(crate) fn publish(&self) {
        #[cfg(feature = "metrics")]
        if self.common.options.telemetry.on {
            self.publisher.publish(&self.telemetry());
        }
    }

    /// Begins the shutdown; `None` the second time.
    pub(super) fn begin_shutdown(&self) -> Option<Shutdown<'_>> {
        (!self.shutting_down.swap(true, Ordering::AcqRel)).then_some(Shutdown(self))
    }

    /// No new calls from outside. Kinds made later are closed from their start.
    pub(super) fn close(&self) {
        self.common.set_closing();
        self.all().iter().for_each(|kind| kind.close());
    }

    /// The last handle outside of actors is gone: ends the node without a drain.
    pub(super) fn end(&self) {
        self.common.set_stopped();
        self.close();
        self.clear();
        // it ends by itself
        drop(self.common.end_remote());
        self.ended.send_replace(true);
    }

    /// Forgets all actors, and what was attached for them, after the end.
    pub(super) fn clear(&self) {
        self.attached.clear();
        self.all().iter().for_each(|kind| kind.clear());
        self.common.bonds.end_afar();
    }

    /// Waits until a shutdown is over.
    pub(super) async fn wait_for_end(&self) {
        // the sender is in `self`: there is no error
        let _ = self.ended.subscribe().wait_for(|ended| *ended).await;
    }
}
