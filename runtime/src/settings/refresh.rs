//! Refreshing a service: cold values take effect.

use consort_config::ConfigPath;

use crate::error::UnknownService;
use crate::node::Node;

/// What a refresh did.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refreshed {
    /// The values that the service sees since.
    pub changed: Vec<ConfigPath>,
    /// The activations that were started anew.
    pub restarted: usize,
    /// Those that did not start: their status has the error.
    pub failed: usize,
}

impl Node {
    /// Lets a service see its cold values as they are now, by restarting its live activations: each ends after its
    /// running handler, ahead of queued mail, and starts with the new values. References stay good. A service without
    /// configuration is restarted too. Returns when all are up again.
    ///
    /// Actors that were spawned from a value cannot be restarted: their `#[configured]` hook is told instead. So are
    /// all, and none is restarted, by [`Config::refresh`](consort_config::Config::refresh) of
    /// [`node.config()`](Node::config).
    ///
    /// Called in a handler of that service, the actor of the handler is restarted after it, and not waited for.
    ///
    /// # Errors
    /// [`UnknownService`] with the nearest name, if the node serves no such service. Nothing has changed then.
    ///
    /// # Cancel safety
    /// Dropped midway, the values may have taken effect and some activations may not have been restarted. Refresh
    /// again.
    pub async fn refresh(&self, service: &str) -> Result<Refreshed, UnknownService> {
        let registry = self.registry();
        let kind = registry.named(service).ok_or_else(|| UnknownService::new(service, registry.names()))?.clone();
        let changed = self.take_in(kind.name()).await;
        let mut refreshed = Refreshed { changed, restarted: 0, failed: 0 };
        for answered in kind.restart_live() {
            match answered.outcome().await {
                Ok(()) => refreshed.restarted += 1,
                Err(_) => refreshed.failed += 1,
            }
        }
        Ok(refreshed)
    }

    /// Has the next activations of a service see its cold values as they are now; returns which have changed.
    pub(crate) async fn take_in(&self, service: &'static str) -> Vec<ConfigPath> {
        // a service without configuration has nothing to refresh
        self.blocking(move |config| config.refresh_to_restart(service).unwrap_or_default()).await
    }
}
