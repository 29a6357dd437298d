use std::net::SocketAddr;

use consort_protocol::cluster::Life;
use consort_protocol::cluster::link::hello::{Agreed, Announced};

/// A node on the other side of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Who it is, and which of its lives this is.
    pub life: Life,
    /// Where it was seen.
    pub seen: SocketAddr,
    /// Where it says that it can be reached; `None` for who is not to be reached.
    pub address: Option<SocketAddr>,
    /// The version both speak.
    pub version: u16,
    /// What it takes.
    pub announced: Announced,
    /// What membership says of it.
    pub metadata: Vec<u8>,
}

impl Peer {
    pub(in crate::transport) fn new(agreed: Agreed, seen: SocketAddr) -> Peer {
        let theirs = agreed.theirs;
        Peer {
            life: theirs.life,
            seen,
            address: theirs.address.parse().ok(),
            version: agreed.version,
            announced: theirs.announced,
            metadata: theirs.metadata,
        }
    }
}
