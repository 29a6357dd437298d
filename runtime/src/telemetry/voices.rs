//! [`Voices`]: how much is logged of each service of a node.

use std::collections::HashMap;

use parking_lot::RwLock;
use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata};

use super::speaker;
use crate::engine;

/// The services that are to log less than all there is: mostly none. As many as are served.
#[derive(Default)]
pub(crate) struct Voices(RwLock<HashMap<&'static str, LevelFilter>>);

impl Voices {
    /// How much is logged of this service.
    pub(crate) fn of(&self, service: &str) -> LevelFilter {
        self.0.read().get(service).copied().unwrap_or(LevelFilter::TRACE)
    }

    pub(crate) fn set(&self, service: &'static str, most: LevelFilter) {
        let mut quieter = self.0.write();
        if most == LevelFilter::TRACE {
            quieter.remove(service)
        } else {
            quieter.insert(service, most)
        };
    }

    /// Logs what happened to a service, unless it is to be quieter. What the thread runs meanwhile, another service
    /// perhaps, has no say in that.
    pub(crate) fn say(&self, service: &str, level: Level, log: impl FnOnce()) {
        if level <= self.of(service) {
            engine::outside(|_| log());
        }
    }
}

/// Whether the service whose handler, hook or background task this thread runs lets a record of the log pass; all pass that
/// are made elsewhere. How much of a service passes is its [`Rules::log`](crate::Rules::log), and at run time
/// [`ServiceHandle::set_log_level`](crate::ServiceHandle::set_log_level).
///
/// A filter for the program's subscriber, which `tracing-subscriber` calls `dynamic_filter_fn`, since the answer to the
/// same question changes:
///
/// ```
/// use tracing_subscriber::filter::dynamic_filter_fn;
/// use tracing_subscriber::prelude::*;
///
/// # fn layer<S: tracing::Subscriber>() -> impl tracing_subscriber::Layer<S> { tracing_subscriber::layer::Identity::new() }
/// let layer = layer().with_filter(dynamic_filter_fn(|record, _| consort_runtime::telemetry::admits(record)));
/// # drop::<Box<dyn std::any::Any>>(Box::new(tracing_subscriber::registry().with(layer)));
/// ```
pub fn admits(record: &Metadata<'_>) -> bool {
    // the spans of calls say nothing by themselves
    record.is_span() || engine::log_level().or_else(speaker::log_level).is_none_or(|most| *record.level() <= most)
}
