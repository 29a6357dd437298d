//! [`Node`]: a running node, and the door to its actors.

use std::fmt;
use std::sync::Arc;

use crate::client::Circuit;
use crate::dynamic::{self, DynamicResult, ServiceDescription};
use crate::error::CallError;
use crate::events::Events;
use crate::health::Beats;
use crate::host::Root;
use crate::key::IntoKey;
use crate::letters::DeadLetters;
use crate::node::registry::Use;
use crate::node::{KindStats, NodeBuilder, Registry};
use crate::remote::Remote;
use crate::service::{ActorRef, Reference, Service};
use crate::telemetry::TelemetrySnapshot;

/// A running node. Cheap to clone; when the last handle outside of actors is dropped without
/// [`shutdown`](Node::shutdown), its idle actors are dropped with it.
#[derive(Clone)]
pub struct Node {
    registry: Arc<Registry>,
    guard: Option<Arc<Guard>>,
}

struct Guard {
    registry: Arc<Registry>,
    root: Root,
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.root.kill();
        self.registry.end();
    }
}

impl Node {
    /// A node to be built.
    pub fn builder() -> NodeBuilder {
        NodeBuilder::default()
    }

    /// A node to be built with options from the environment: `CONSORT_NAME`, `CONSORT_MAILBOX`,
    /// `CONSORT_MAILBOX_BYTES`, `CONSORT_IDLE` and `CONSORT_DRAIN` (seconds), `CONSORT_BEAT` (milliseconds),
    /// `CONSORT_TELEMETRY` (`on` or `off`), and with feature `config` the values of its services,
    /// `CONSORT_CART__LIMIT`. A malformed one is an error of [`start`](NodeBuilder::start).
    pub fn from_env() -> NodeBuilder {
        NodeBuilder::from_env()
    }

    pub(crate) fn outside(registry: Arc<Registry>, root: Root) -> Self {
        let guard = Guard { registry: registry.clone(), root };
        Node { registry, guard: Some(Arc::new(guard)) }
    }

    /// A handle for actors: it does not keep the node alive.
    pub(crate) fn inside(registry: Arc<Registry>) -> Self {
        Node { registry, guard: None }
    }

    pub(crate) fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    pub(crate) async fn stop_hosts(&self) {
        if let Some(guard) = &self.guard {
            guard.root.stop().await;
        }
    }

    /// A reference to the actor of `key`. Nothing is started: its first call does that.
    ///
    /// For a service this node does not serve, the reference's calls end with
    /// [`NotRun::NotServed`](crate::error::NotRun::NotServed).
    #[inline]
    pub fn get<S: Service>(&self, key: impl IntoKey<S::Key>) -> S::Ref {
        S::Ref::from_actor(match self.registry.kind::<S>() {
            Some(kind) => kind.actor(key),
            None => self.registry.other::<S>(Use::Get).actor(key),
        })
    }

    /// Starts an actor from a value, beside those that keys name. It ends with its last reference, or with the node.
    ///
    /// A service this node does not serve may be spawned too. On a node that has ended the instance is dropped and
    /// the reference's calls end with [`NotRun::ShuttingDown`](crate::error::NotRun::ShuttingDown).
    pub fn spawn<S: Service<Key = ()>>(&self, instance: S) -> S::Ref {
        let kind = match self.registry.kind::<S>() {
            Some(kind) => kind.clone(),
            None => self.registry.other::<S>(Use::Spawn),
        };
        S::Ref::from_actor(ActorRef::new(crate::engine::spawn(kind, (), instance)))
    }

    /// Calls a method by names, with JSON: `node.call("counter", "/tenant/acme/counter/orders", "add", json)`.
    /// Arguments are an object by name or an array by position. A service that this node does not serve is called on a
    /// node of its cluster that does.
    ///
    /// # Errors
    /// [`NotRun`](crate::error::NotRun) says what was wrong with a name, key or argument and what exists; a handler's
    /// own error arrives as JSON.
    ///
    /// # Cancel safety
    /// As of a typed call.
    pub async fn call(&self, service: &str, key: &str, method: &str, arguments: serde_json::Value) -> DynamicResult {
        dynamic::call_by_name(&self.registry, service, key, method, arguments).await
    }

    /// What a service is, by name: one that this node serves, or another node of its cluster.
    ///
    /// # Errors
    /// [`NotRun::NotServed`](crate::error::NotRun::NotServed) if nobody is known to serve it; of a service of another
    /// node also what can keep an ask from it.
    ///
    /// # Cancel safety
    /// Cancel safe.
    pub async fn describe(&self, service: &str) -> Result<ServiceDescription, CallError<serde_json::Value>> {
        dynamic::describe_by_name(&self.registry, service).await
    }

    /// What this node serves, by name.
    pub fn services(&self) -> Vec<ServiceDescription> {
        self.registry.served().iter().map(|kind| kind.describe()).collect()
    }

    /// Counters of every service that is served or was spawned, by name.
    pub fn stats(&self) -> Vec<KindStats> {
        self.registry.all().iter().filter_map(|kind| kind.stats()).collect()
    }

    /// The actors whose [circuit breaker](crate::Rules::breaker) is not closed: calls from this node to them are
    /// refused, or tried one by one.
    pub fn circuits(&self) -> Vec<Circuit> {
        self.registry.all().iter().flat_map(|kind| kind.circuits()).collect()
    }

    /// What was counted and measured of every service and method since the node's start. Without
    /// [`NodeBuilder::telemetry`] only what [`stats`](Node::stats) has.
    pub fn telemetry(&self) -> TelemetrySnapshot {
        self.registry.telemetry()
    }

    /// What happens to services and actors from now on: crashes, restarts, quarantines, dead letters.
    pub fn events(&self) -> Events {
        self.registry.common.events.subscribe()
    }

    /// How the node's services are, every second and when something ends: see [`Beat`](crate::health::Beat). One message
    /// a node, however many actors it has. The first is the latest there was.
    pub fn beats(&self) -> Beats {
        self.registry.common.pulse.subscribe()
    }

    /// What this node could not deliver.
    pub fn dead_letters(&self) -> DeadLetters {
        DeadLetters::of_node(self.registry.clone())
    }

    /// How many links and watches this node keeps: those of its actors, and those of actors of other nodes to them. A link
    /// between two of its actors counts twice, once for each. With nobody bound to anybody it is 0, so a figure that only
    /// grows says that something binds itself again and again.
    pub fn bonds(&self) -> usize {
        self.registry.common.bonds.count()
    }

    /// The way to the other nodes, if this one has joined any: for the cluster, which is found behind it.
    pub fn remote(&self) -> Option<&dyn Remote> {
        self.registry.common.remote().map(|remote| &**remote)
    }

    /// The node's name.
    pub fn name(&self) -> &str {
        &self.registry.common.options.name
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node").field("name", &self.name()).finish_non_exhaustive()
    }
}
