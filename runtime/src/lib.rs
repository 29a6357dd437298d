//! One process of Consort: services as keyed actors, and the node that serves them.
//!
//! The crate `consort` re-exports all of this; its page has the tour.

pub mod error;
pub mod events;
pub mod health;
pub mod key;
pub mod manifest;
pub mod remote;
pub mod supervision;
pub mod telemetry;

mod attached;
mod client;
mod cx;
mod dynamic;
mod engine;
mod host;
mod letters;
mod node;
mod service;
mod services;
#[cfg(feature = "config")]
mod settings;
#[cfg(feature = "state")]
mod states;
mod wire;

#[cfg(feature = "config")]
pub use consort_config::ConfigChanged;
pub use consort_macros::{service, wire};
pub use consort_protocol::scaling::ScalingConfig;
pub use cx::CancelFlag;
pub use dynamic::{ArgumentDescription, DynamicResult, MethodDescription, ServiceDescription};
pub use engine::{Call, Cx, Push};
pub use error::{
    BadVersion, CallError, HookError, LetterError, Never, NotRun, RunError, StartError, Unknown, UnknownService,
};
pub use events::{Event, Events, Happened};
pub use key::{IntoKey, Key, Template};
pub use letters::{DeadLetter, DeadLetters, Replayed};
pub use node::{KindStats, Node, NodeBuilder, PoolStats, Rules};
pub use service::{
    ActivationId, ActorRef, CareInfo, DependsInfo, LifeState, Method, PING, Place, Reference, Service, ServiceInfo,
    StandIn, Status, WeakRef,
};
pub use services::{Group, KeepAlive, Missing, Requirement, ServiceHandle, ServiceState, ServiceStatus, Strength};
#[cfg(feature = "config")]
pub use settings::{Configured, Refreshed};
pub use wire::{Weigh, Wire};

/// What a caller does about services that fail or are overloaded: [`Call::retry`](crate::Call::retry), and of
/// [`Rules`] the circuit breaker, the limit and the budget of retries.
pub mod resilience {
    pub use crate::client::{
        Backoff, BreakerConfig, BreakerState, BudgetConfig, Circuit, IdempotencyConfig, Moment, Percent, RetryPolicy,
        Retrying, Trip,
    };
}

/// Configuration of services: typed, layered, changed at run time.
#[cfg(feature = "config")]
pub mod config {
    pub use crate::error::ConfigError;
    pub use consort_config::*;
}

/// States of actors that outlive their nodes: `stateful` in `#[service(…)]`, `Cx::save`, `NodeBuilder::state_store`.
#[cfg(feature = "state")]
pub mod state {
    pub use crate::error::SaveError;
    pub use consort_state::*;
}

/// Existing kameo actors inside services.
pub mod kameo {
    pub use crate::host::Hosted;
}

/// What a program that serves or calls needs.
pub mod prelude {
    pub use crate::{
        ActivationId, CallError, CancelFlag, Cx, IntoKey, Key, LifeState, Never, Node, NodeBuilder, NotRun, Reference,
        Service, Unknown, service, wire,
    };
}

/// What generated code names. Not for use by hand; it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use crate::dynamic::{
        MethodEntry, WireForm, deserialize_ref, pack, ref_schema, schema_of, serialize_ref, unpack, write,
    };
    #[cfg(feature = "config")]
    pub use crate::settings::ConfigEntry;
    /// Here is one process only. The crate `consort` has a cluster in its place.
    pub const WORLD: Option<&'static dyn crate::remote::World> = None;
    pub use crate::wire::{
        AgainFallback, ArgumentError, Arguments, Redeliverable, Returned, WeighFallback, Weighed, Written, assert_wire,
        kept, schema,
    };
    pub use schemars;
    pub use serde;
    pub use serde_json::Value;
    pub use uuid::Uuid;
}
