//! What a node is told of its configuration before it starts.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use consort_config::{Builder, Config, Store};

use crate::error::{HookError, StartError};
use crate::node::{Factory, NodeBuilder};
use crate::service::Service;
use crate::settings::Configured;

type Register = fn(Builder) -> Builder;

/// Files, variables, a store, and the config types of what is served.
pub(crate) struct Sources {
    builder: Builder,
    /// By the names of their services. That two have one name is told by the node.
    types: BTreeMap<&'static str, Register>,
}

impl Default for Sources {
    fn default() -> Self {
        Sources { builder: Config::builder(), types: BTreeMap::new() }
    }
}

impl Sources {
    /// Notes the config type of a service, if it has one.
    pub(crate) fn add<S: Service>(&mut self) {
        if let Some(entry) = S::config() {
            self.types.entry(S::INFO.name).or_insert(entry.register);
        }
    }

    /// Reads everything: on a thread for blocking work, if there is something to block on.
    pub(crate) async fn build(self) -> Result<Config, StartError> {
        let Sources { builder, types } = self;
        let blocks = builder.blocks();
        let build = move || types.into_values().fold(builder, |builder, register| register(builder)).build();
        let built = if blocks { tokio::task::spawn_blocking(build).await } else { Ok(build()) };
        match built {
            Ok(built) => built.map_err(|error| StartError::Config(error.to_string())),
            Err(ended) => Err(StartError::Config(format!("it could not be read: {ended}"))),
        }
    }
}

/// Configuration of the services it serves.
impl NodeBuilder {
    /// Says where the configuration of the services comes from: TOML files, variables, a store for what is set at run
    /// time. The config type of each served service is added by the node. Without sources each service has its
    /// defaults.
    ///
    /// ```
    /// # use consort_runtime::Node;
    /// let node = Node::builder().config(|config| {
    ///     config.file("shop.toml").file_if_present("shop.local.toml").environment(std::env::vars_os())
    /// });
    /// ```
    pub fn config(mut self, sources: impl FnOnce(Builder) -> Builder) -> Self {
        self.sources.builder = sources(self.sources.builder);
        self
    }

    /// A TOML file that has to exist, with one table for each service. Of several the one named later wins.
    pub fn config_file(self, path: impl Into<PathBuf>) -> Self {
        self.config(|config| config.file(path))
    }

    /// The environment as it is now: `CONSORT_CART__LIMIT` is `limit` of the service `cart`. Wins over files.
    /// [`Node::from_env`](crate::Node::from_env) has read it already.
    pub fn config_env(self) -> Self {
        self.config(|config| config.environment(std::env::vars_os()))
    }

    /// Where values that are set at run time are kept. Default: in memory.
    ///
    /// The store keeps defaults too, each from the first start that read it
    /// ([`Builder::keep_defaults`]): so they are listed with everything else, and a later version of the program
    /// changes none of them unasked. `.config(|config| config.store(…))` keeps what was set only.
    pub fn config_store(self, store: impl Store) -> Self {
        self.config(|config| config.store(store).keep_defaults("the first start", SystemTime::now()))
    }

    /// As [`serve_with`](NodeBuilder::serve_with), with a factory that gets the configuration too, as it is then.
    pub fn serve_configured<S, F, T, E>(self, factory: F) -> Self
    where
        S: Configured,
        F: Fn(S::Key, Arc<S::Config>) -> T + Send + Sync + 'static,
        T: Future<Output = Result<S, E>> + Send + 'static,
        E: std::fmt::Display,
    {
        self.add(|registry| {
            let config = registry.common.config().clone();
            Factory::Keyed(Box::new(move |key| {
                let built = config.get::<S::Config>(S::INFO.name).map(|config| factory(key, config));
                Box::pin(async move { built.map_err(HookError::new)?.await.map_err(HookError::new) })
            }))
        })
    }
}
