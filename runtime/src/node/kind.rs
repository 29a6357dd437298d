//! [`Kind`]: one service of one node, with its actors.

use std::any::TypeId;
use std::num::NonZeroU32;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use consort_protocol::scaling::ScalingConfig;
use consort_protocol::time::Moment;
use parking_lot::Mutex;
use tokio::runtime::Handle;
use tracing::Level;

use crate::client::Callers;
use crate::engine::{Answer, Cell, Limits, Signal};
use crate::error::{HookError, NotRun};
use crate::events::{Event, Happened};
use crate::health::{KindHealth, ServiceBeat, Watched};
use crate::key::{IntoKey, Key};
use crate::letters::Suspects;
use crate::node::common::Common;
use crate::node::counters::Counters;
use crate::node::gate::Gate;
use crate::node::heirs::Heirs;
use crate::node::spawned::Spawned;
use crate::node::table::Table;
use crate::node::{KindStats, Node, Pool, Registry, Rules};
use crate::remote::Remote;
use crate::service::{ActivationId, ActorRef, LifeState, Service, StandIn};
use crate::services::{Board, Told};
use crate::supervision::{ExitReason, Supervision};
use crate::telemetry::{Meters, ServiceSnapshot};

type Built<S> = Pin<Box<dyn Future<Output = Result<S, HookError>> + Send>>;

/// Makes instances.
pub(crate) enum Factory<S: Service> {
    /// `Default`, or the like: cannot wait, cannot fail.
    Plain(fn() -> S),
    /// The user's own, by key.
    Keyed(Box<dyn Fn(S::Key) -> Built<S> + Send + Sync>),
    /// None: it answers the calls itself.
    StandIn(StandIn<S>),
}

impl<S: Service> Factory<S> {
    /// Of a service that has none on this node.
    pub(super) fn none() -> Self {
        Factory::Keyed(Box::new(|_| Box::pin(std::future::ready(Err(HookError::new("not served"))))))
    }
}

/// What every call that would run inline looks at, in one place.
#[repr(align(32))]
pub(crate) struct Home {
    pub(crate) runtime: tokio::runtime::Id,
    /// What counts the calls, if anybody does.
    meters: Option<Arc<Meters>>,
    /// Calls have something to pass before they are let in.
    guarded: AtomicBool,
}

impl Home {
    /// Whether calls have something to pass before they are let in.
    #[inline(always)]
    pub(crate) fn is_guarded(&self) -> bool {
        self.guarded.load(Ordering::Relaxed)
    }
}

/// Members of a pool of this service, unless its rules say otherwise.
const fn pool_of<S: Service>() -> u32 {
    if S::INFO.pool == 0 { 1 } else { S::INFO.pool }
}

fn meters_of<S: Service>(common: &Common) -> Option<Arc<Meters>> {
    let names = || S::methods().into_iter().map(|method| (method.number, method.name));
    common.options.telemetry.on.then(|| Arc::new(Meters::new(names())))
}

/// One service of one node.
///
/// Its cells hold it; it holds those of its table and its pool until the node ends ([`clear`](Kind::clear)). It knows
/// the registry weakly, since that holds it.
pub(crate) struct Kind<S: Service> {
    pub(crate) limits: Limits,
    pub(crate) factory: Factory<S>,
    pub(super) table: Table<S>,
    home: Home,
    idle: Duration,
    closing: AtomicBool,
    served: bool,
    /// Tells may be queued without a look, unless something happened.
    plain: bool,
    /// Its actors may live on other nodes.
    roams: bool,
    pool: Mutex<Option<Arc<Pool<S>>>>,
    spawned: Spawned<S>,
    pub(crate) heirs: Heirs<S>,
    counters: Counters,
    pub(crate) gate: Gate,
    pub(crate) rules: Rules,
    pub(crate) supervision: Supervision,
    pub(crate) callers: Callers,
    pub(crate) health: KindHealth,
    pub(crate) suspects: Suspects,
    pub(crate) board: Board,
    pub(crate) common: Arc<Common>,
    node: Weak<Registry>,
}

impl<S: Service> Kind<S> {
    /// It has no key: its instance, or the members of its pool, start with it and not with their first call.
    pub(crate) const IS_EAGER: bool = S::INFO.key.text().is_empty();
    /// It has one instance: what ends that ends the service, and its supervisor decides.
    pub(crate) const IS_ONE: bool = Self::IS_EAGER && S::INFO.pool <= 1;

    /// Something has changed of what its calls have to pass.
    pub(super) fn guard(&self) {
        let is_guarded = self.callers.entrance().is_some() || (self.roams && self.common.hands_all_over());
        self.home.guarded.store(is_guarded, Ordering::Relaxed);
    }

    /// A kind of this node. `served` is false for references to what it does not serve.
    pub(crate) fn new(registry: &Arc<Registry>, factory: Factory<S>, rules: Rules, served: bool) -> Arc<Self> {
        let common = registry.common.clone();
        let info = const { &S::INFO };
        let callers = Callers::new(info.name, &rules, &common);
        let is_stand_in = matches!(factory, Factory::StandIn(_));
        let roams = common.joins() && !info.local && !is_stand_in;
        if served {
            common.notes.voices.set(info.name, rules.log);
        }
        Arc::new(Kind {
            limits: Limits {
                messages: info.mailbox.unwrap_or(common.options.mailbox).max(1),
                bytes: info.mailbox_bytes.map_or(common.options.mailbox_bytes, u64::from).max(Limits::BYTES_MIN),
            },
            plain: served && callers.entrance().is_none() && !is_stand_in && !roams,
            roams,
            factory,
            table: Table::default(),
            home: Home {
                runtime: common.runtime.id(),
                meters: meters_of::<S>(&common),
                guarded: AtomicBool::new(callers.entrance().is_some() || (roams && common.hands_all_over())),
            },
            idle: info.idle_ms.map_or(common.options.idle, Duration::from_millis),
            closing: AtomicBool::new(common.is_closing()),
            served,
            pool: Mutex::default(),
            spawned: Spawned::default(),
            heirs: Heirs::default(),
            counters: Counters::default(),
            gate: Gate::default(),
            supervision: Supervision::new(rules.restart),
            callers,
            health: KindHealth::new(info.name, rules.progress, rules.health, common.clone()),
            suspects: Suspects::new(rules.poison),
            rules,
            board: Board::new(info, common.instant_now()),
            common,
            node: Arc::downgrade(registry),
        })
    }

    /// The actor of a key, or the pool.
    #[inline]
    pub(crate) fn actor(self: &Arc<Self>, key: impl IntoKey<S::Key>) -> ActorRef<S> {
        match self.pool() {
            Some(pool) => ActorRef::of_pool(pool),
            None => ActorRef::new(self.cell(key)),
        }
    }

    #[inline]
    fn cell(self: &Arc<Self>, key: impl IntoKey<S::Key>) -> Arc<Cell<S>> {
        match self.table.find(&key) {
            Some(cell) => cell,
            None => self.canonical(Cell::vacant(self.clone(), key.into_key())),
        }
    }

    /// The one cell of this cell's key: the listed one, or this one from now on.
    pub(crate) fn canonical(&self, cell: Arc<Cell<S>>) -> Arc<Cell<S>> {
        let is_keyed = const { S::INFO.pool <= 1 } && !cell.is_single();
        if !is_keyed || !self.served || self.common.has_stopped() {
            return cell;
        }
        let listed = self.table.find_or_insert(cell);
        // the end of the node empties the table; what came in meanwhile would be held for ever
        if self.common.has_stopped() {
            self.table.clear();
        }
        listed
    }

    /// The members, if it is a pool.
    #[inline]
    pub(crate) fn pool(self: &Arc<Self>) -> Option<Arc<Pool<S>>> {
        if const { S::INFO.pool <= 1 } { None } else { self.find_or_make_pool() }
    }

    fn find_or_make_pool(self: &Arc<Self>) -> Option<Arc<Pool<S>>> {
        let mut pool = self.pool.lock();
        if pool.is_some() {
            return pool.clone();
        }
        let key = S::Key::parse(&S::INFO.key, "/").ok()?;
        let config =
            self.rules.scaling.unwrap_or(const { ScalingConfig::fixed(NonZeroU32::new(pool_of::<S>()).unwrap()) });
        let made = Arc::new(Pool::of(config, self.common.pulse.now(), || Cell::vacant(self.clone(), key.clone())));
        if self.served && !self.common.has_stopped() {
            *pool = Some(made.clone());
        }
        Some(made)
    }

    /// Notes a spawned actor; false once the node has stopped.
    pub(crate) fn track(&self, cell: &Arc<Cell<S>>) -> bool {
        self.spawned.insert_if(cell, || !self.common.has_stopped())
    }

    /// Notes an actor that only runs its stop hook, for a shutdown to wait for.
    pub(crate) fn track_grave(&self, cell: &Arc<Cell<S>>) {
        self.spawned.insert_if(cell, || true);
    }

    /// A spawned actor is dropped.
    pub(crate) fn forget_spawned(&self, cell: *const Cell<S>) {
        self.spawned.forget(cell);
    }

    /// Every actor of this kind: the table's, the pool's and the spawned ones.
    pub(crate) fn cells(&self) -> Vec<Arc<Cell<S>>> {
        let mut cells = self.named_cells();
        cells.append(&mut self.spawned.all());
        cells
    }

    /// Every actor but the spawned ones: those that belong to the service as a whole.
    pub(crate) fn named_cells(&self) -> Vec<Arc<Cell<S>>> {
        let mut cells = self.table.cells();
        if let Some(pool) = &*self.pool.lock() {
            cells.extend_from_slice(pool.cells());
        }
        cells
    }

    /// Those of a service without key that start with it: its instance, or the members of its pool.
    pub(crate) fn eager_cells(&self) -> Vec<Arc<Cell<S>>> {
        match &*self.pool.lock() {
            Some(pool) => pool.members().to_vec(),
            None => self.table.cells(),
        }
    }

    /// Looks how busy the members of the pool are, and has more of them or fewer where that is due.
    pub(super) fn scale(&self, now: Moment) {
        if const { S::INFO.pool <= 1 } {
            return;
        }
        let Some(pool) = self.pool.lock().clone() else { return };
        if let Some((from, to)) = pool.look(now) {
            self.tell(None, || Happened::Scaled { from: from as u32, to: to as u32 });
            if !self.gate.is_shut() {
                pool.members().iter().skip(from).for_each(|cell| cell.signal(Signal::Start(Answer::new(None).0)));
            }
        }
        for cell in pool.surplus() {
            // nobody sends it anything any more: what was sent before it was one too many is done first
            cell.age();
            cell.signal(Signal::Passivate);
        }
    }

    /// Forgets all actors; references keep theirs. Nobody is left to start one that waits for its supervisor.
    pub(super) fn clear(&self) {
        for cell in self.named_cells().iter().filter(|cell| cell.life() == LifeState::BackingOff) {
            self.gate.shut(NotRun::ShuttingDown);
            cell.signal(Signal::Stop(Answer::new(None).0));
        }
        self.table.clear();
        let pool = self.pool.lock().take();
        drop(pool);
    }

    pub(super) fn stats(&self) -> KindStats {
        let pool = self.pool.lock().as_ref().map(|pool| pool.stats());
        let members = pool.map_or(0, |pool| pool.members as usize);
        KindStats { pool, ..self.counters.read(S::INFO.name, self.table.len() + members + self.spawned.len()) }
    }

    /// Probes the only actor of a service without key, the members of a pool, and those that were called since the last
    /// beat.
    pub(super) fn probe_all(&self) {
        let mut few = match const { S::INFO.pool } {
            0 | 1 if TypeId::of::<S::Key>() == TypeId::of::<()>() => self.table.cells(),
            _ => Vec::new(),
        };
        if let Some(pool) = &*self.pool.lock() {
            few.extend_from_slice(pool.members());
        }
        few.into_iter().for_each(Watched::probe);
        self.health.probe_touched();
    }

    /// How the service is, as far as is known here.
    pub(super) fn service_beat(&self) -> ServiceBeat {
        let state = match () {
            () if self.common.has_stopped() => LifeState::Stopped,
            () if self.common.is_closing() => LifeState::Stopping,
            () if self.gate.is_shut() => LifeState::Failed,
            () => LifeState::Running,
        };
        let (activations, panics) = self.counters.live_and_panicked();
        ServiceBeat { activations, panics, ..ServiceBeat::of(S::INFO.name, S::INFO.version, state) }
    }

    pub(super) fn telemetry(&self) -> ServiceSnapshot {
        let meters = self.meters();
        ServiceSnapshot {
            stats: self.stats(),
            mailbox_fullest: meters.map_or(0, |meters| meters.fullest()),
            mailbox_limit: self.limits.messages,
            methods: meters.map(|meters| meters.read()).unwrap_or_default(),
        }
    }

    pub(super) fn idle(&self) -> Duration {
        self.idle
    }

    pub(crate) fn is_served(&self) -> bool {
        self.served
    }

    /// No new calls from outside: the node drains.
    pub(super) fn close(&self) {
        self.closing.store(true, Ordering::Release);
        self.cells().iter().for_each(|cell| cell.gate());
    }
}

/// What the engine asks of a kind.
impl<S: Service> Kind<S> {
    pub(crate) fn activated(&self) {
        self.counters.activations.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn deactivated(&self) {
        self.counters.activations.fetch_sub(1, Ordering::Relaxed);
    }

    pub(crate) fn panicked(&self) {
        self.counters.panics.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn expired(&self) {
        self.counters.expired.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts an activation; its number is its own in the whole node.
    pub(crate) fn next_sequence(&self) -> u64 {
        self.counters.started.fetch_add(1, Ordering::Relaxed);
        self.common.next_sequence()
    }

    pub(crate) fn activation_id(&self, sequence: u64) -> ActivationId {
        self.common.activation_id(sequence)
    }

    /// Logs what happened to the service, unless it is to be quieter.
    pub(crate) fn say(&self, level: Level, log: impl FnOnce()) {
        self.common.notes.voices.say(S::INFO.name, level, log);
    }

    /// Counts what happened to the service, or to the actor of this path, and tells it.
    pub(crate) fn tell(&self, path: Option<Arc<str>>, happened: impl FnOnce() -> Happened) {
        let happened = happened();
        self.counters.note(&happened);
        let at = || self.common.now().since_start();
        self.common.events.tell(|| Event { at: at(), service: S::INFO.name, path, happened });
    }

    /// Which member of the pool this cell is, if it is one.
    pub(crate) fn member(&self, cell: *const Cell<S>) -> Option<usize> {
        if const { S::INFO.pool <= 1 } {
            return None;
        }
        self.pool.lock().as_ref()?.cells().iter().position(|member| Arc::as_ptr(member) == cell)
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
