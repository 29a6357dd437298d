//! [`ServiceInfo`]: what `#[service(...)]` said.

use crate::key::Template;

/// The constant facts of a service, filled in by `#[service]`.
#[derive(Debug)]
pub struct ServiceInfo {
    /// The name other services and tools know it by.
    pub name: &'static str,
    /// Its contract's semantic version.
    pub version: &'static str,
    /// The printed form of its keys; empty for a service without key.
    pub key: Template,
    /// Copies behind one reference; 1 unless it is a pool.
    pub pool: u32,
    /// One in the whole cluster.
    pub unique: bool,
    /// Arguments need not be serializable; never remote.
    pub local: bool,
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
}
