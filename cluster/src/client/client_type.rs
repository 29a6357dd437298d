//! [`Client`]: the handle.

use consort_runtime::{CallError, DynamicResult, IntoKey, Node, RunError, Service, ServiceDescription, StartError};

use super::visit::Visit;
use crate::settings::ClusterSettings;

/// Calls the services of a cluster from a process that is no member of it: it owns no keys, holds no lease, is dialled by
/// nobody, and may come and go as it likes. It needs a certificate as a node does.
///
/// Its calls go straight to the nodes that own the keys, with the same references and errors as on a node. It follows keys
/// that move, and members that come and go, by asking one member; when that is gone, it asks another one.
///
/// ```no_run
/// # use consort_cluster::Client;
/// # use consort_runtime::service;
/// # #[derive(Default)] pub struct Counter(u64);
/// # #[service(name = "counter", key = "/counter/{number: u32}", crate = "consort_runtime")]
/// # impl Counter { pub async fn add(&mut self, by: u64) -> u64 { self.0 += by; self.0 } }
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Client::connect(["10.0.0.7:7400", "10.0.0.8:7400"]).await?;
/// let total = client.get::<Counter>(7).add(3).await?;
/// client.close().await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    node: Node,
}

impl Client {
    /// Connects by these seeds, with development certificates, to the cluster `consort`.
    ///
    /// # Errors
    /// As of [`connect_with`](Client::connect_with).
    ///
    /// # Cancel safety
    /// Dropped midway there is no client, and nothing is left of it.
    pub async fn connect<S: Into<String>>(seeds: impl IntoIterator<Item = S>) -> Result<Client, StartError> {
        Client::connect_with(ClusterSettings::seeds(seeds)).await
    }

    /// Connects by the seeds, to the cluster, from the address, with the certificates and endpoints of these settings.
    /// What else stands in them is for members.
    ///
    /// # Errors
    /// [`StartError::Join`] if there are no seeds, if certificates or the address cannot be used, or if no seed has
    /// answered within 10 seconds: it says of each why. [`StartError::NoRuntime`] outside of a tokio runtime.
    ///
    /// # Cancel safety
    /// Dropped midway there is no client, and nothing is left of it.
    pub async fn connect_with(settings: ClusterSettings) -> Result<Client, StartError> {
        let node = Node::builder().name("client").join(Visit(settings)).start().await?;
        Ok(Client { node })
    }

    /// A reference to the actor of `key`, wherever it lives. Nothing is asked: its first call does that.
    pub fn get<S: Service>(&self, key: impl IntoKey<S::Key>) -> S::Ref {
        self.node.get::<S>(key)
    }

    /// Calls a method by names, with JSON, of any service of the cluster: see [`Node::call`].
    ///
    /// # Errors
    /// As of [`Node::call`].
    ///
    /// # Cancel safety
    /// As of [`Node::call`].
    pub async fn call(&self, service: &str, key: &str, method: &str, arguments: serde_json::Value) -> DynamicResult {
        self.node.call(service, key, method, arguments).await
    }

    /// What a service of the cluster is, by name: see [`Node::describe`].
    ///
    /// # Errors
    /// As of [`Node::describe`].
    ///
    /// # Cancel safety
    /// As of [`Node::describe`].
    pub async fn describe(&self, service: &str) -> Result<ServiceDescription, CallError<serde_json::Value>> {
        self.node.describe(service).await
    }

    /// What the client is to its own process: a node that serves nothing, with telemetry, events and circuits of its calls.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// Lets go of the cluster. Calls from now on end with `NotRun`; that is also how it is when the last clone is dropped.
    /// When it returns, its threads have ended and its sockets are closed, as of [`Node::shutdown`].
    ///
    /// # Errors
    /// As of [`Node::shutdown`].
    ///
    /// # Cancel safety
    /// As of [`Node::shutdown`].
    pub async fn close(self) -> Result<(), RunError> {
        self.node.shutdown().await
    }
}
