//! [`Door`]: where calls of other nodes come in.

use std::sync::Weak;

use super::Entrance;
use crate::dynamic::ServiceDescription;
use crate::error::NotRun;
use crate::node::Registry;

/// The door of a node: what it serves, and a way in to each of its methods. It does not keep the node alive.
#[derive(Clone)]
pub struct Door(Weak<Registry>);

impl Door {
    pub(super) fn of(registry: Weak<Registry>) -> Self {
        Door(registry)
    }

    /// What the node serves, by name. Empty once it is gone.
    pub fn services(&self) -> Vec<ServiceDescription> {
        let served = self.0.upgrade().map(|registry| registry.served()).unwrap_or_default();
        served.iter().map(|kind| kind.describe()).collect()
    }

    /// The way in to a method, to be looked up once and used often.
    ///
    /// # Errors
    /// [`NotRun::NotServed`], [`NotRun::UnknownMethod`], [`NotRun::LocalOnly`]; [`NotRun::ShuttingDown`] once the node is
    /// gone.
    pub fn entrance(&self, service: &str, method: &str) -> Result<Entrance, NotRun> {
        let registry = self.0.upgrade().ok_or(NotRun::ShuttingDown)?;
        let Some(kind) = registry.named(service) else {
            return Err(NotRun::not_served(service, registry.names()));
        };
        kind.entrance(method)
    }
}
