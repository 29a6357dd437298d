//! [`MembershipConfig`]: how a node finds its cluster and watches the others.

use consort_protocol::cluster::members::{JoiningConfig, RosterConfig};

use super::swim::ProbeConfig;

/// How a node finds its cluster and watches the others. The defaults are for nodes of one data centre or region.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MembershipConfig {
    /// How members watch each other.
    pub probing: ProbeConfig,
    /// How members are reached and remembered.
    pub roster: RosterConfig,
    /// How the cluster is found.
    pub joining: JoiningConfig,
}
