//! What a [`Node`] says of services as wholes, and how they are operated.

use consort_protocol::dependencies::Version;
use tokio::sync::oneshot;

use crate::error::{BadVersion, UnknownService};
use crate::node::Node;
use crate::service::Service;
use crate::services::{self, KeepAlive, Missing, ServiceHandle, Told};

impl Node {
    /// The service of this name as a whole.
    ///
    /// # Errors
    /// No service of this name is served.
    pub fn service(&self, name: &str) -> Result<ServiceHandle, UnknownService> {
        let registry = self.registry();
        let kind = registry.named(name).ok_or_else(|| UnknownService::new(name, registry.names()))?;
        Ok(ServiceHandle::of(kind.clone(), registry))
    }

    /// The service `S` as a whole.
    ///
    /// # Errors
    /// It is not served.
    pub fn service_of<S: Service>(&self) -> Result<ServiceHandle, UnknownService> {
        self.service(S::INFO.name)
    }

    /// The list of services that are kept alive.
    pub fn keep_alive(&self) -> KeepAlive {
        KeepAlive::of(self.registry().clone())
    }

    /// Says that a service is there outside of this node, in this version, until it is [withdrawn](Node::withdraw).
    /// Services of this node that wait for it start. A version given before is forgotten.
    ///
    /// # Errors
    /// The version cannot be read; what was said before stands.
    ///
    /// # Cancel safety
    /// Not cancel safe: dropped midway, it may have been taken in or not. Once it is done, what follows is decided, and
    /// under way.
    pub async fn provide(&self, service: &str, version: &str) -> Result<(), BadVersion> {
        let read = services::version(version);
        let version = read.map_err(|reason| BadVersion { service: service.into(), reason })?;
        self.now_outside(service, Some(version)).await;
        Ok(())
    }

    /// Says that a service is no longer there outside of this node. Services that cannot do without it are stopped, or
    /// degraded. Cancel safety as of [`provide`](Node::provide).
    pub async fn withdraw(&self, service: &str) {
        self.now_outside(service, None).await;
    }

    async fn now_outside(&self, service: &str, version: Option<Version>) {
        let (decided, decides) = oneshot::channel();
        self.registry().oversee(Told::Outside { service: service.to_owned(), version, decided }).await;
        // an error is a node that ends already
        let _ = decides.await;
    }

    /// What services of this node need or can use and is not there now, by service.
    pub fn check_dependencies(&self) -> Vec<Missing> {
        let statuses = self.registry().served().into_iter().map(|kind| kind.board().status());
        statuses.flat_map(|status| status.missing.into_iter().chain(status.soft_missing)).collect()
    }
}
