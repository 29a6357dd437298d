//! [`KeepAlive`]: the list of services that are started again whenever they are down.

use std::sync::Arc;

use super::Told;
use crate::error::UnknownService;
use crate::node::Registry;

/// The keep-alive list of a node, to be read and changed while it runs. Made by
/// [`Node::keep_alive`](crate::Node::keep_alive).
///
/// Every 10 seconds each service on the list is looked at; one that is down or failed is started, unless it is
/// disabled or misses something it needs. One that had to be started 5 times within 12 looks, or 60 s if that is longer,
/// is given up until it is started or reset.
pub struct KeepAlive {
    registry: Arc<Registry>,
}

impl KeepAlive {
    pub(crate) fn of(registry: Arc<Registry>) -> Self {
        KeepAlive { registry }
    }

    /// Puts a service on the list, from the next look on: at once if the list was empty.
    ///
    /// # Errors
    /// No service of this name is served; the list is as before.
    ///
    /// # Cancel safety
    /// Cancel safe: once polled, the service is on the list.
    pub async fn add(&self, service: &str) -> Result<(), UnknownService> {
        let name = self.registry.name_of(service)?;
        let is_first = {
            let mut kept = self.registry.common.notes.kept.lock();
            let is_first = kept.is_empty();
            if !kept.contains(&name) {
                kept.push(name);
            }
            is_first
        };
        if is_first {
            self.registry.oversee(Told::Tick).await;
        }
        Ok(())
    }

    /// Takes a service off the list. It is left as it is.
    ///
    /// # Errors
    /// No service of this name is served.
    pub fn remove(&self, service: &str) -> Result<(), UnknownService> {
        let name = self.registry.name_of(service)?;
        self.registry.common.notes.kept.lock().retain(|kept| *kept != name);
        Ok(())
    }

    /// What is on the list, in the order in which it was put there.
    pub fn list(&self) -> Vec<&'static str> {
        self.registry.common.notes.kept.lock().clone()
    }
}
