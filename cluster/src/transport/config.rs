//! [`TransportConfig`]: where a node listens, and as whom.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use consort_protocol::cluster::Life;
use consort_protocol::cluster::link::hello::{ClusterId, Versions};

use super::{Certificates, Limits, Socket};

/// Where a node listens, and how it speaks with others.
#[derive(Clone, Debug)]
pub struct TransportConfig {
    /// Where it listens. Port 0 is any free one.
    pub bind: SocketAddr,
    /// Where others reach it, if not where it listens.
    pub advertise: Option<SocketAddr>,
    /// Who it is to others, and whom it lets in.
    pub certificates: Certificates,
    /// What runs its endpoints.
    pub host: Host,
    /// How much it takes.
    pub limits: Limits,
    /// Where it keeps the keys by which peers learn within milliseconds that it restarted. Without it they learn from
    /// their idle time.
    pub data: Option<PathBuf>,
    /// Seeds every random choice but those of cryptography, so that a simulation repeats itself. `None` draws one.
    pub seed: Option<u64>,
    /// Whether this is a build for development: development certificates are refused on a public address in any other.
    pub development: bool,
}

/// What runs a node's endpoints.
#[derive(Clone, Debug)]
pub enum Host {
    /// So many threads, each with an endpoint and a runtime of its own. One carries some hundred thousand calls a
    /// second; more carry more, and take their time from the services.
    Threads(usize),
    /// The runtime that binds it.
    Here,
    /// The runtime that binds it, over this socket: for simulations.
    Simulated(Arc<dyn Socket>),
}

impl TransportConfig {
    /// Listens at `bind`, with these certificates and the defaults for the rest.
    pub fn new(bind: SocketAddr, certificates: Certificates) -> Self {
        TransportConfig {
            bind,
            advertise: None,
            certificates,
            host: Host::Threads(1),
            limits: Limits::default(),
            data: None,
            seed: None,
            development: cfg!(debug_assertions),
        }
    }
}

/// What a node says of itself to others.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The cluster it belongs to.
    pub cluster: ClusterId,
    /// Who it is, and which of its lives this is.
    pub life: Life,
    /// The versions of the wire's format it speaks.
    pub versions: Versions,
    /// What membership says of it: at most 8 KiB.
    pub metadata: Vec<u8>,
}
