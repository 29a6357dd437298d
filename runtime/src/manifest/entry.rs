//! The objects of a manifest.

use std::time::Duration;

use serde::Serialize;

use crate::node::{Options, Rules};
use crate::services::{Group, Served};
use crate::supervision::{RestartPolicy, Strategy};

/// A supervisor of services.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SupervisorEntry {
    /// Its name; that of the root is `node`.
    pub name: String,
    /// The one above it; `None` of the root.
    pub supervisor: Option<String>,
    /// Whom it restarts with one that ended: `one-for-one`, `one-for-all` or `rest-for-one`.
    pub strategy: &'static str,
    /// How many restarts it allows …
    pub restarts: u32,
    /// … in so many seconds.
    pub restarts_within: u64,
}

/// A service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ServiceEntry {
    /// Its name.
    pub name: &'static str,
    /// The version of its contract.
    pub version: &'static str,
    /// Its supervisor.
    pub supervisor: String,
    /// The template of its keys, by which its calls find their actors and its actors their nodes; `None` of a service
    /// without key.
    pub key: Option<&'static str>,
    /// There is one of it in the whole cluster.
    pub unique: bool,
    /// It is never called from other nodes.
    pub local: bool,
    /// Of a pool, how many members it has; of a service with keys, `None`.
    pub members: Option<Members>,
    /// It starts with its node.
    pub enabled: bool,
    /// It is started whenever it is down.
    pub kept_alive: bool,
    /// After which ends it is started again: `permanent`, `transient` or `temporary`.
    pub restart: &'static str,
    /// What it needs or can use.
    pub needs: Vec<Need>,
    /// What it may take.
    pub resources: Resources,
}

/// How many instances a service without key has on a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Members {
    /// At least.
    pub least: u32,
    /// At most.
    pub most: u32,
}

/// A service that another one needs or can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Need {
    /// Its name with a range of versions.
    pub service: &'static str,
    /// It cannot do without.
    pub hard: bool,
}

/// What a service may take on a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Resources {
    /// Messages that each mailbox holds.
    pub mailbox_messages: u32,
    /// Bytes of arguments that each mailbox holds.
    pub mailbox_bytes: u64,
    /// Calls that are inside at a time; `None` for as many as come.
    pub calls_max: Option<u32>,
    /// Milliseconds after which a handler without an end is late; `None` for never.
    pub progress_ms: Option<u64>,
    /// Milliseconds without a call after which an activation is passivated; `None` of what has no key and does not say it.
    pub idle_ms: Option<u64>,
}

impl SupervisorEntry {
    pub(super) fn of(group: &Group, above: Option<&Group>) -> Self {
        SupervisorEntry {
            name: group.name.to_string(),
            supervisor: above.map(|above| above.name.to_string()),
            strategy: match group.config.strategy {
                Strategy::OneForOne => "one-for-one",
                Strategy::OneForAll => "one-for-all",
                Strategy::RestForOne => "rest-for-one",
            },
            restarts: group.config.intensity.restarts,
            restarts_within: group.config.intensity.within.as_secs(),
        }
    }
}

impl ServiceEntry {
    pub(super) fn of(served: &Served, rules: &Rules, group: &Group, options: &Options) -> Self {
        let info = served.info;
        let key = Some(info.key.text()).filter(|key| !key.is_empty());
        ServiceEntry {
            name: info.name,
            version: info.version,
            supervisor: group.name.to_string(),
            key,
            unique: info.unique,
            local: info.local,
            members: key.is_none().then(|| Members::of(info.pool, rules)),
            enabled: rules.enabled,
            kept_alive: options.kept.iter().any(|kept| kept == info.name),
            restart: match rules.restart.policy {
                RestartPolicy::Permanent => "permanent",
                RestartPolicy::Transient => "transient",
                RestartPolicy::Temporary => "temporary",
            },
            needs: info.depends.iter().map(|need| Need { service: need.on, hard: need.hard }).collect(),
            resources: Resources {
                mailbox_messages: info.mailbox.unwrap_or(options.mailbox),
                mailbox_bytes: info.mailbox_bytes.map_or(options.mailbox_bytes, u64::from),
                calls_max: rules.limit.map(|limit| limit.get()),
                progress_ms: rules.progress.map(millis),
                idle_ms: info.idle_ms.or_else(|| key.map(|_| millis(options.idle))),
            },
        }
    }
}

impl Members {
    fn of(pool: u32, rules: &Rules) -> Self {
        match rules.scaling.filter(|_| pool > 1) {
            Some(scaling) => Members { least: scaling.least.get(), most: scaling.most().get() },
            None => Members { least: pool.max(1), most: pool.max(1) },
        }
    }
}

fn millis(duration: Duration) -> u64 {
    duration.as_millis().try_into().unwrap_or(u64::MAX)
}
