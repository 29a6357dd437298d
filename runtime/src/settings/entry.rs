//! [`ConfigEntry`]: the configuration of a service, without its type.

use std::pin::Pin;
use std::sync::Arc;

use consort_config::Builder;

use crate::engine::Cx;
use crate::error::HookError;
use crate::node::Kind;
use crate::service::Service;
use crate::settings::Configured;
use crate::settings::delivery::{self, AnyChange};

type Told<'a> = Pin<Box<dyn Future<Output = Result<(), HookError>> + Send + 'a>>;

/// What a node has to know of a service's config type. Made by generated code.
pub struct ConfigEntry<S: Service> {
    /// Adds the type to those of the node.
    pub(crate) register: fn(Builder) -> Builder,
    /// Has changes delivered to the actors of the kind.
    pub(crate) connect: fn(&Arc<Kind<S>>),
    /// The hook that is told of changes, if there is one.
    pub(crate) hook: Option<for<'a> fn(&'a mut S, &'a Cx, &'a AnyChange) -> Told<'a>>,
}

impl<S: Configured> ConfigEntry<S> {
    /// The entry of `S`, which has a `#[configured]` hook or not.
    pub fn new(has_hook: bool) -> Self {
        ConfigEntry {
            register: |builder| builder.service::<S::Config>(S::INFO.name),
            connect: delivery::connect::<S>,
            hook: has_hook.then_some(|instance, cx, change| Box::pin(delivery::told(instance, cx, change))),
        }
    }
}

/// From now on, changes are delivered to the actors of `kind`, if it has configuration.
pub(crate) fn connect<S: Service>(kind: &Arc<Kind<S>>) {
    if let Some(entry) = S::config() {
        (entry.connect)(kind);
    }
}
