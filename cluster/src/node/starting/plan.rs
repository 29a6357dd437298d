//! [`Plan`]: who a node will be, and what it will run on.

use std::path::PathBuf;

use consort_protocol::cluster::Life;
use consort_protocol::cluster::members::Vote;

use super::error::JoinError;
use crate::node::identity::next_life;
use crate::settings::ClusterSettings;
use crate::sharding::Clock;
use crate::transport::{Certificates, Host, dev_certificates};

/// The share of a node that says nothing of it.
const WEIGHT: u32 = 100;

/// The cluster of a node that names none.
const CLUSTER: &str = "consort";

/// A node that is about to join: what it was told, and what it found out by itself.
pub(crate) struct Plan {
    pub(crate) settings: ClusterSettings,
    pub(crate) life: Life,
    pub(super) certificates: Certificates,
    /// What its lease is counted by.
    pub(super) clock: Clock,
    /// What runs its endpoints.
    pub(super) host: Host,
    /// Seeds what is left to chance. `None` draws it.
    pub(super) seed: Option<u64>,
}

impl Plan {
    /// That of a real node. Its life begins with this: the next plan from the same data has another one.
    pub(crate) fn of(settings: ClusterSettings) -> Result<Self, JoinError> {
        let life = next_life(settings.data.as_deref())?;
        let certificates = certificates(&settings)?;
        let host = Host::Threads(settings.endpoints.unwrap_or(1).into());
        Ok(Plan { settings, life, certificates, clock: Clock::of_the_machine(), host, seed: None })
    }

    pub(super) fn cluster(&self) -> &str {
        self.settings.cluster.as_deref().unwrap_or(CLUSTER)
    }

    pub(super) fn zone(&self) -> &str {
        self.settings.zone.as_deref().unwrap_or_default()
    }

    pub(super) fn weight(&self) -> u32 {
        match self.settings.vote {
            Vote::Witness => 0,
            Vote::Usual | Vote::Never => self.settings.weight.unwrap_or(WEIGHT),
        }
    }

    /// Whether its parts run on threads of their own, so that busy services never make the node look dead.
    pub(super) fn has_threads(&self) -> bool {
        matches!(self.host, Host::Threads(_))
    }
}

fn certificates(settings: &ClusterSettings) -> Result<Certificates, JoinError> {
    Ok(match &settings.identity {
        Some(files) => Certificates::from_files(&files.ca, &files.cert, &files.key)?,
        None => dev_certificates(&development_directory())?,
    })
}

/// Where this machine's user keeps development certificates.
fn development_directory() -> PathBuf {
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home);
    cache.unwrap_or_else(std::env::temp_dir).join("consort").join("development")
}
