//! [`Inside`]: the node, as what joins it to others sees it.

use std::sync::{Arc, Weak};

use tokio::runtime::Handle;

use super::{Door, Placement, Slots};
use crate::error::NotRun;
use crate::node::Registry;
use crate::service::ServiceInfo;
use crate::services::Told;

/// A node seen by the cluster that it joins. It does not keep the node alive. Cheap to clone.
#[derive(Clone)]
pub struct Inside {
    registry: Weak<Registry>,
    name: Arc<str>,
    runtime: Handle,
}

impl Inside {
    pub(crate) fn of(registry: &Arc<Registry>) -> Self {
        let common = &registry.common;
        let (name, runtime) = (common.options.name.as_str().into(), common.runtime.clone());
        Inside { registry: Arc::downgrade(registry), name, runtime }
    }

    /// The node's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The runtime its services run on.
    pub fn runtime(&self) -> &Handle {
        &self.runtime
    }

    /// How its actors leave it, and come to it.
    pub fn slots(&self) -> Slots {
        Slots::new(self.registry.clone())
    }

    /// Where calls of the others come in.
    pub fn door(&self) -> Door {
        Door::new(self.registry.clone())
    }

    /// What decides where the actor of a service lives, whose key has this path.
    ///
    /// # Errors
    /// [`NotRun::NotServed`] of a service that this node does not serve, whose keys it does not know;
    /// [`NotRun::BadKey`]; [`NotRun::ShuttingDown`] once the node is gone.
    pub fn placement(&self, service: &str, path: &str) -> Result<Placement, NotRun> {
        let registry = self.registry.upgrade().ok_or(NotRun::ShuttingDown)?;
        match registry.named(service) {
            Some(kind) => kind.placement(path),
            None => Err(NotRun::not_served(service, registry.names())),
        }
    }

    /// The configuration of what it serves; `None` once the node is gone.
    #[cfg(feature = "config")]
    pub fn config(&self) -> Option<consort_config::Config> {
        self.registry.upgrade().map(|registry| registry.common.config().clone())
    }

    /// Another node serves these, each by name and version. Services of this node that need one of them, and wait since
    /// this node does not serve it, start; a version that cannot be read counts for nothing. Called once for each node.
    ///
    /// # Cancel safety
    /// Dropped midway, it may have been taken in or not.
    pub async fn has_met<'s>(&self, node: &str, services: impl IntoIterator<Item = (&'s str, &'s str)>) {
        let read = |(name, version): (&str, &str)| Some((name.into(), crate::services::version(version).ok()?));
        let services = services.into_iter().filter_map(read).collect();
        self.oversee(Told::Met { node: node.into(), services }).await;
    }

    /// That node is gone. Services of this node that cannot do without what it served, and nobody else serves, are
    /// stopped, or degraded.
    ///
    /// # Cancel safety
    /// As of [`has_met`](Inside::has_met).
    pub async fn has_lost(&self, node: &str) {
        self.oversee(Told::Lost { node: node.into() }).await;
    }

    async fn oversee(&self, told: Told) {
        if let Some(registry) = self.registry.upgrade() {
            registry.oversee(told).await;
        }
    }

    /// What it serves, by name; `local` services too, which nobody else can call. Empty once the node is gone.
    pub fn services(&self) -> Vec<&'static ServiceInfo> {
        let served = self.registry.upgrade().map(|registry| registry.served()).unwrap_or_default();
        served.iter().map(|kind| kind.info()).collect()
    }
}
