//! Configuration in handlers and hooks.

use std::sync::Arc;

use consort_config::ServiceConfig;

use crate::engine::Cx;

impl Cx {
    /// The configuration of this service, all values as of one moment. Hot values may be others the next time; cold
    /// ones are until the service is refreshed.
    ///
    /// A lookup, some 100 ns: ask once in a handler, and keep the `Arc` where it must not change meanwhile.
    ///
    /// # Panics
    /// If `T` is not the type that `#[service(config = …)]` gave, or the node does not serve this service, which then
    /// has no configuration: both are mistakes in the program. `cx.node().config().get::<T>(…)` returns them as errors.
    #[track_caller]
    pub fn config<T: ServiceConfig>(&self) -> Arc<T> {
        let occupant = self.occupant();
        match occupant.node().registry().common.config().get(occupant.service()) {
            Ok(config) => config,
            Err(error) => panic!("{error}; `#[service(config = …)]` says which type a service has"),
        }
    }
}
