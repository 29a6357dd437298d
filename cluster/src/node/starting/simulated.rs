//! [`Simulated`]: a node inside a simulation.

use std::sync::Arc;

use consort_protocol::cluster::Life;
use consort_runtime::remote::{Inside, Joining, Remote, Starting};

use super::plan::Plan;
use crate::settings::ClusterSettings;
use crate::sharding::Clock;
use crate::transport::{Certificates, Host, Socket};

/// A node that runs as tasks of the runtime it is started in, by that runtime's clock, over a socket it is given: for
/// simulated networks and paused time. What is left to chance comes from its seed, but for what its process
/// draws: hash tables, tokio and cryptography do. Its control plane is in memory, unless its settings have a data directory.
#[derive(Clone, Debug)]
pub struct Simulated {
    /// What it is told. Its certificates, endpoints and port come from below.
    pub settings: ClusterSettings,
    /// Who it is. Each start of a node has another generation.
    pub life: Life,
    /// What lets it in.
    pub certificates: Certificates,
    /// What its lease is counted by. It may go on while the runtime's stands, as that of a machine does which is suspended.
    pub clock: Clock,
    /// What carries its datagrams.
    pub socket: Arc<dyn Socket>,
    /// Seeds its choices.
    pub seed: u64,
}

impl Joining for Simulated {
    fn start(self: Box<Self>, inside: Inside) -> Starting {
        let Simulated { settings, life, certificates, clock, socket, seed } = *self;
        let plan = Plan { settings, life, certificates, clock, host: Host::Simulated(socket), seed: Some(seed) };
        Box::pin(async move { Ok(plan.join(inside).await? as Arc<dyn Remote>) })
    }
}
