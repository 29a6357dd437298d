//! [`Door`]: where calls of other nodes come in.

use std::sync::{Arc, Weak};

use super::Entrance;
use crate::dynamic::ServiceDescription;
use crate::error::NotRun;
use crate::node::{AnyKind, Node, Registry};
use crate::remote::{Inside, check_contract};

/// The services of a node, as other nodes call them. It does not keep the node alive. Cheap to clone.
///
/// Whoever lets a call in says by that that its actor lives here: it is never sent on.
#[derive(Clone)]
pub struct Door {
    registry: Weak<Registry>,
}

impl Door {
    /// The door of a running node.
    pub fn of(node: &Node) -> Self {
        Door::new(Arc::downgrade(node.registry()))
    }

    pub(in crate::remote) fn new(registry: Weak<Registry>) -> Self {
        Door { registry }
    }

    /// What is served behind it, by name; empty once the node is gone.
    pub fn services(&self) -> Vec<ServiceDescription> {
        let served = self.registry.upgrade().map(|registry| registry.served()).unwrap_or_default();
        served.iter().filter(|kind| !kind.info().local).map(|kind| kind.describe()).collect()
    }

    /// The way in for all calls of one method: to be looked up once and kept. `ping` is a method of every service, and so
    /// are the [operations](crate::remote::Operation).
    ///
    /// # Errors
    /// [`NotRun::NotServed`], [`NotRun::LocalOnly`], [`NotRun::UnknownMethod`]; [`NotRun::ShuttingDown`] once the node
    /// is gone.
    pub fn entrance(&self, service: &str, method: &str) -> Result<Entrance, NotRun> {
        self.kind(service)?.entrance(method)
    }

    /// Whether a caller that was compiled with this version of a service may call it here.
    ///
    /// # Errors
    /// [`NotRun::Contract`] if [the versions do not go together](check_contract), [`NotRun::NotServed`];
    /// [`NotRun::ShuttingDown`] once the node is gone.
    pub fn check_contract(&self, service: &str, wanted: &str) -> Result<(), NotRun> {
        let found = self.kind(service)?.info();
        check_contract(found.name, wanted, found.version)
    }

    fn kind(&self, service: &str) -> Result<Arc<dyn AnyKind>, NotRun> {
        let registry = self.registry.upgrade().ok_or(NotRun::ShuttingDown)?;
        match registry.named(service) {
            Some(kind) if kind.info().local => Err(NotRun::LocalOnly { service: kind.name().into() }),
            Some(kind) => Ok(kind.clone()),
            None => Err(NotRun::not_served(service, registry.names())),
        }
    }
}

impl From<&Inside> for Door {
    fn from(inside: &Inside) -> Self {
        inside.door()
    }
}
