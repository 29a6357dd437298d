//! [`ClusterSettings`]: which cluster a node joins, and as what.

use std::net::SocketAddr;
use std::path::PathBuf;

use consort_protocol::cluster::members::Vote;

/// Which cluster a node joins, where it listens, and what it brings along.
///
/// ```
/// use consort_cluster::ClusterSettings;
///
/// let first = ClusterSettings { bind: "127.0.0.1:7400".parse().ok(), ..ClusterSettings::default() };
/// let second = ClusterSettings::seeds(["127.0.0.1:7400"]);
/// assert!(first.seeds.is_empty() && second.bind.is_none());
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClusterSettings {
    /// Addresses of nodes that may be there already, as `host:port`; a name stands for all of its addresses. Without
    /// any the node forms a cluster of its own, which others may join. `CONSORT_SEEDS`, with commas.
    pub seeds: Vec<String>,
    /// Where the node listens. `None` is any free port of the address from which the first seed is reached that can be,
    /// or of the loopback address if there is none. `CONSORT_BIND`.
    pub bind: Option<SocketAddr>,
    /// Where others reach the node, if not where it listens: behind a translation of addresses. `CONSORT_ADVERTISE`.
    pub advertise: Option<SocketAddr>,
    /// The cluster's name: nodes of another one are refused, so that two can share machines. `None` is `consort`.
    /// `CONSORT_CLUSTER`.
    pub cluster: Option<String>,
    /// The first node of a cluster that has seeds: it does not wait for them if none answers. `CONSORT_BOOTSTRAP`.
    pub bootstrap: bool,
    /// Where the node keeps its part of the control plane and who it is. `None` is in memory: a node that restarts is
    /// another one. `CONSORT_DATA`.
    pub data: Option<PathBuf>,
    /// Certificates as files. `None` makes development certificates for this machine's user.
    pub identity: Option<Identity>,
    /// The zone it stands in: owners and voters are spread over zones. `CONSORT_ZONE`.
    pub zone: Option<String>,
    /// Its share of the keys, beside that of the others: 0 is none, `None` is 100. `CONSORT_WEIGHT`.
    pub weight: Option<u32>,
    /// What it is to the control plane: whether it votes if it is chosen, is there to vote and has no keys, or does not
    /// vote if any other node can. `CONSORT_VOTE`.
    pub vote: Vote,
    /// Endpoints, each with a thread of its own. More carry more calls, and take their time from the services. `None`
    /// is one. `CONSORT_ENDPOINTS`.
    pub endpoints: Option<u8>,
}

/// The files that prove who a node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The authority whose nodes are let in, as PEM. `CONSORT_CA`.
    pub ca: PathBuf,
    /// The node's certificate, with those between it and the authority, as PEM. `CONSORT_CERT`.
    pub cert: PathBuf,
    /// Its private key, as PEM. `CONSORT_KEY`.
    pub key: PathBuf,
}

impl ClusterSettings {
    /// Joins by these seeds.
    pub fn seeds<S: Into<String>>(seeds: impl IntoIterator<Item = S>) -> Self {
        ClusterSettings { seeds: seeds.into_iter().map(Into::into).collect(), ..Self::default() }
    }
}
