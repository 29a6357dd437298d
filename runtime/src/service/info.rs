//! [`ServiceInfo`]: what `#[service(...)]` said.

use crate::key::Template;
use crate::service::Place;
use crate::supervision::{Intensity, RestartPolicy};

/// The constant facts of a service, filled in by `#[service]`.
#[derive(Debug)]
pub struct ServiceInfo {
    /// The name other services and tools know it by.
    pub name: &'static str,
    /// Its contract's semantic version.
    pub version: &'static str,
    /// The printed form of its keys; empty for a service without key.
    pub key: Template,
    /// What of its keys decides where its actors live.
    pub place: Place,
    /// Copies behind one reference; 1 unless it is a pool.
    pub pool: u32,
    /// One in the whole cluster.
    pub unique: bool,
    /// Arguments need not be serializable; never remote.
    pub local: bool,
    /// The states of its actors are kept in the node's state store.
    pub stateful: bool,
    /// Handlers of an idle actor may run on the caller's task.
    pub inline: bool,
    /// Handlers run on tokio's blocking threads.
    pub blocking: bool,
    /// Messages its mailbox holds, if not the node's default.
    pub mailbox: Option<u32>,
    /// Bytes of arguments its mailbox holds, if not the node's default.
    pub mailbox_bytes: Option<u32>,
    /// Milliseconds without a call after which an activation is passivated, if not the node's default.
    pub idle_ms: Option<u64>,
    /// How it is supervised, if not as the node's other services.
    pub care: CareInfo,
    /// The services it needs or can use.
    pub depends: &'static [DependsInfo],
    /// It is degraded, not stopped, while a hard dependency is missing.
    pub degrades: bool,
    /// The documentation of the `impl` block.
    pub doc: &'static str,
    /// It has a `#[start]` hook.
    pub has_start: bool,
    /// It has a `#[started]` hook.
    pub has_started: bool,
    /// It has a `#[stop]` hook.
    pub has_stop: bool,
    /// It has a `#[failed]` hook.
    pub has_failed: bool,
    /// It has a `#[healthy]` probe.
    pub has_probe: bool,
    /// It has a `#[snapshot]` hook.
    pub has_snapshot: bool,
    /// It has a `#[restore]` hook.
    pub has_restore: bool,
}

/// How a service is supervised, as far as `#[service(...)]` said it.
#[derive(Clone, Copy, Debug)]
pub struct CareInfo {
    /// It starts with its node: `enabled`.
    pub enabled: bool,
    /// After which exits an activation is started again: `restart`.
    pub restart: RestartPolicy,
    /// How many restarts an activation is allowed: `restarts`.
    pub intensity: Option<Intensity>,
    /// Milliseconds after which a handler that is not done is late: `progress`. 0 is never.
    pub progress_ms: Option<u64>,
    /// Calls it takes at a time: `limit`.
    pub limit: Option<u32>,
}

impl CareInfo {
    /// Nothing was said: enabled, permanent, and the node's defaults.
    pub const DEFAULT: CareInfo =
        CareInfo { enabled: true, restart: RestartPolicy::Permanent, intensity: None, progress_ms: None, limit: None };
}

/// One entry of `depends(...)`.
#[derive(Clone, Copy, Debug)]
pub struct DependsInfo {
    /// A name with a range of versions: `inventory ^1.2`.
    pub on: &'static str,
    /// It cannot do without.
    pub hard: bool,
}
