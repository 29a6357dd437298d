//! [`NodeBuilder`]: says what a node serves.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;

use crate::attached::Attachments;
use crate::error::StartError;
use crate::events::{Bus, Events};
use crate::health::Watch;
use crate::host;
#[cfg(feature = "config")]
use crate::node::Factory;
use crate::node::options::environment;
use crate::node::registry::Kinds;
use crate::node::{Node, Options, Registry, Rules, RulesByType, Swept};
use crate::remote::{Inside, Joining};
use crate::service::{Service, StandIn};
use crate::services::{Declared, Group, Overseer};
#[cfg(feature = "config")]
use crate::settings::Sources;
use crate::telemetry::Telemetry;

/// Collects services and options; [`start`](NodeBuilder::start) makes the node.
#[must_use = "a builder does nothing until it is started"]
pub struct NodeBuilder {
    pub(super) options: Options,
    /// The root of the supervision tree, with all that is served.
    pub(super) root: Group,
    pub(super) rules: RulesByType,
    error: Option<StartError>,
    joins: Joins,
    events: Bus,
    pub(crate) attachments: Attachments,
    #[cfg(feature = "config")]
    pub(crate) sources: Sources,
    #[cfg(feature = "state")]
    pub(crate) states: Option<Arc<dyn consort_state::StateStore>>,
}

/// Which other nodes a node joins.
enum Joins {
    Alone,
    AsTheEnvironmentSays,
    By(Box<dyn Joining>),
}

impl Default for NodeBuilder {
    fn default() -> Self {
        NodeBuilder {
            options: Options::default(),
            root: Group::root(),
            rules: RulesByType::default(),
            error: None,
            joins: Joins::Alone,
            events: Bus::default(),
            attachments: Attachments::default(),
            #[cfg(feature = "config")]
            sources: Sources::default(),
            #[cfg(feature = "state")]
            states: None,
        }
    }
}

impl NodeBuilder {
    pub(crate) fn from_env() -> Self {
        let mut builder = NodeBuilder { joins: Joins::AsTheEnvironmentSays, ..NodeBuilder::default() };
        if let Err(error) = environment::apply(&mut builder.options, |name| std::env::var_os(name)) {
            builder.error = Some(error);
        }
        #[cfg(feature = "config")]
        let builder = builder.config_env();
        builder
    }

    /// Serves `S`: an instance is its `Default`, made by the first call of its key.
    ///
    /// That of a service without key is made when the node starts, as are the members of a pool.
    pub fn serve<S: Service + Default>(mut self) -> Self {
        self.root = self.root.serve::<S>();
        self
    }

    /// Serves `S` with instances made by `factory`, which gets the key, may wait and may fail. A failure makes the
    /// activation `Failed` and its calls [`NotRun::Failed`](crate::error::NotRun::Failed) with the error's text.
    pub fn serve_with<S, F, T, E>(mut self, factory: F) -> Self
    where
        S: Service,
        F: Fn(S::Key) -> T + Send + Sync + 'static,
        T: Future<Output = Result<S, E>> + Send + 'static,
        E: Display,
    {
        self.root = self.root.serve_with(factory);
        self
    }

    /// Serves `S` by a script, for tests of those who call it.
    pub fn stand_in<S: Service>(mut self, stand_in: StandIn<S>) -> Self {
        self.root = self.root.stand_in(stand_in);
        self
    }

    /// Changes how this node looks after `S`, served before or after this call.
    ///
    /// ```
    /// # use consort_runtime::{Node, service};
    /// # #[derive(Default)] struct Mailer;
    /// # #[service(crate = "consort_runtime")] impl Mailer { pub async fn send(&mut self) {} }
    /// use std::time::Duration;
    ///
    /// let node = Node::builder().serve::<Mailer>().rules::<Mailer>(|rules| {
    ///     rules.progress = Some(Duration::from_secs(2));
    ///     rules.restart.intensity.restarts = 10;
    /// });
    /// ```
    pub fn rules<S: Service>(mut self, change: impl FnOnce(&mut Rules)) -> Self {
        change(self.rules.entry::<S>());
        self
    }

    /// Serves `S`, with the factory that `make` makes once there is a node.
    #[cfg(feature = "config")]
    pub(crate) fn add<S: Service>(mut self, make: impl FnOnce(&Registry) -> Factory<S> + Send + 'static) -> Self {
        self.root = self.root.add(make);
        self
    }

    /// Names the node in its logs. Default `consort`; `CONSORT_NAME`.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.options.name = name.into();
        self
    }

    /// Bounds every mailbox: messages and bytes of arguments. Default 1,024 and 8 MiB; `CONSORT_MAILBOX`,
    /// `CONSORT_MAILBOX_BYTES`. More rides out longer bursts, less pushes back earlier; less than 256 bytes count as 256.
    pub fn mailbox(mut self, messages: u32, bytes: u64) -> Self {
        (self.options.mailbox, self.options.mailbox_bytes) = (messages, bytes);
        self
    }

    /// Passivates activations without a call for this long. Default 10 minutes; `CONSORT_IDLE` in seconds. Shorter
    /// frees memory earlier, longer saves starts.
    pub fn idle_after(mut self, idle: Duration) -> Self {
        self.options.idle = idle;
        self
    }

    /// Keeps so many dead letters. Default 1,024; the oldest makes room. More remembers longer what went wrong, at
    /// the price of memory, up to 8 MiB of arguments; 0 keeps none, and counts them.
    pub fn dead_letters(mut self, count: u32) -> Self {
        self.options.dead_letters = count;
        self
    }

    /// How long a shutdown waits for running and queued calls. Default 30 seconds; `CONSORT_DRAIN` in seconds.
    pub fn drain_deadline(mut self, deadline: Duration) -> Self {
        self.options.drain = deadline;
        self
    }

    /// How often the node beats: see [`Node::beats`]. Default 1 second; `CONSORT_BEAT` in milliseconds; at least 1 ms.
    /// Probes run as often. Shorter notices a failing probe sooner, longer costs less.
    pub fn beat_every(mut self, every: Duration) -> Self {
        self.options.beat = every.max(Duration::from_millis(1));
        self
    }

    /// Watches health from a task of the runtime instead of a thread of its own, by tokio's clock. For tests in paused
    /// time, where it makes the moments of all changes exact. A handler that holds its thread is not seen then if it
    /// holds up the runtime.
    pub fn watch_on_tokio(mut self) -> Self {
        self.options.watch_on_tokio = true;
        self
    }

    /// Counts and measures calls by service and method; see [`Node::telemetry`]. Default [`Telemetry::off`];
    /// `CONSORT_TELEMETRY`, which is `on` or `off`.
    pub fn telemetry(mut self, telemetry: Telemetry) -> Self {
        self.options.telemetry = telemetry;
        self
    }

    /// Joins other nodes: calls of actors that live there go there, and theirs come here. Without it a node of
    /// [`Node::from_env`] joins if its environment says so, and any other has all of its actors in this process.
    pub fn join(mut self, joining: impl Joining) -> Self {
        self.joins = Joins::By(Box::new(joining));
        self
    }

    /// The events of the node that will be started, those of its start among them: whoever asks the
    /// [running node](Node::events) is told only of what comes later. They end with the node, or with a start that fails.
    ///
    /// ```
    /// # use consort_runtime::{Happened, Node, ServiceState, service};
    /// # #[derive(Default)] struct Mailer;
    /// # #[service(crate = "consort_runtime")] impl Mailer { pub async fn send(&self) {} }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let builder = Node::builder().serve::<Mailer>();
    /// let mut events = builder.events();
    /// let node = builder.start().await?;
    /// let first = events.try_next().expect("it has started");
    /// assert!(matches!(first.happened, Happened::Service { to: ServiceState::Starting, .. }));
    /// # Ok(())
    /// # }
    /// ```
    pub fn events(&self) -> Events {
        self.events.subscribe()
    }

    fn joining(&mut self) -> Result<Option<Box<dyn Joining>>, StartError> {
        match std::mem::replace(&mut self.joins, Joins::Alone) {
            Joins::Alone => Ok(None),
            Joins::By(joining) => Ok(Some(joining)),
            Joins::AsTheEnvironmentSays => self.root.world().map_or(Ok(None), |world| world.joining()),
        }
    }

    /// Starts the node inside the current tokio runtime, and its services in the order of what they need. Returns when
    /// each is up, or waits for something, or has failed: [`Node::service`] tells which.
    ///
    /// # Errors
    /// A malformed environment variable, mistakes in the configuration, a name served twice, a `stateful` service without a
    /// store of states, services that need each other in a circle, a supervision tree that cannot be, no tokio runtime, others that cannot be joined. Nothing runs
    /// then.
    ///
    /// # Cancel safety
    /// Not cancel safe: a dropped start leaves no node.
    pub async fn start(mut self) -> Result<Node, StartError> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        let runtime = Handle::try_current().map_err(|_| StartError::NoRuntime)?;
        let manifest = self.manifest();
        let kept = std::mem::take(&mut self.options.kept);
        let joining = self.joining()?;
        let registry = Registry::new(self.options, runtime, joining.as_deref(), self.events);
        registry.common.notes.set_manifest(manifest);
        #[cfg(feature = "state")]
        self.states.take().into_iter().for_each(|store| registry.set_states(store));
        let makes = self.root.take_makes();
        #[cfg(feature = "config")]
        {
            self.root.configs().into_iter().for_each(|add| add(&mut self.sources));
            registry.common.set_config(self.sources.build().await?);
        }
        // before the rules are given to the kinds
        let declared = Declared::read(&mut self.root, &self.rules);
        let mut kinds = Kinds::default();
        for make in makes {
            kinds.add(make(&registry, &mut self.rules)?)?;
        }
        let declared = declared?;
        kinds.stop_order = declared.stop_order();
        let hosts = kinds.by_name.values().cloned().map(|kind| kind as Arc<dyn Swept>).collect();
        registry.set_kinds(kinds);
        registry.keep_alive(&kept).map_err(StartError::UnknownKept)?;
        let overseer = Overseer::new(&registry, declared);
        let (root, door) = host::start(&registry.common.options.name, hosts, overseer).await?;
        registry.set_door(door);
        // dropped with this future, it ends what has been started
        let node = Node::outside(registry.clone(), root);
        self.attachments.attach_to(&Node::inside(registry.clone()));
        Watch::start(&registry)?;
        if let Some(joining) = joining {
            registry.common.set_remote(joining.start(Inside::of(&registry)).await?);
        }
        registry.begin().await;
        registry.start_publishing();
        Ok(node)
    }
}
