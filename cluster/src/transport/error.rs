//! What can go wrong between nodes, one type to an operation.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use consort_protocol::cluster::Life;
use consort_protocol::cluster::link::hello::Refusal;

use super::CertificateError;

/// Why a node does not listen. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Somebody else has the port.
    #[error("{0} is in use by another process; set CONSORT_BIND to a free port")]
    InUse(SocketAddr),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {error}")]
    Address {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
    /// Development certificates would let in whoever has them.
    #[error(
        "development certificates are refused on the public address {0} in a release build; set CONSORT_CA, \
         CONSORT_CERT and CONSORT_KEY, or listen on a loopback or private address"
    )]
    Development(SocketAddr),
    /// The certificates cannot be used.
    #[error(transparent)]
    Certificates(#[from] CertificateError),
    /// The keys of the transport cannot be read or written.
    #[error("cannot keep the transport's keys in {}: {error}", file.display())]
    Keys {
        /// The file.
        file: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The metadata does not fit into a hello.
    #[error("the metadata of the node has {bytes} bytes, at most {max} are allowed")]
    Metadata {
        /// Its bytes.
        bytes: usize,
        /// How many there may be.
        max: usize,
    },
    /// TLS cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(Box<str>),
    /// No thread could be started for an endpoint.
    #[error("cannot start the thread of an endpoint: {0}")]
    Thread(io::Error),
}

/// Why a node was not greeted. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// One of the two does not want the other.
    #[error("{address}: {refusal}")]
    Refusal {
        /// The address.
        address: SocketAddr,
        /// Why.
        refusal: Refusal,
    },
    /// Nobody answers.
    #[error("{address} does not answer")]
    Unreachable {
        /// The address.
        address: SocketAddr,
    },
    /// This node is closed.
    #[error("this node's transport is closed")]
    Closed,
}

/// What became of a record that has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    /// It never left this node: it can be sent elsewhere.
    #[error("not sent: {0}")]
    NotSent(Why),
    /// It may have arrived, and may have had effects.
    #[error("sent, but not answered: {0}")]
    MaybeArrived(Why),
}

/// Why a record has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// The node was declared down.
    #[error("the node was declared down")]
    Down,
    /// The node cannot be reached.
    #[error("the node cannot be reached")]
    Unreachable,
    /// One of the two does not want the other.
    #[error("{0}")]
    Refused(Refusal),
    /// The node restarted: what it had taken in is gone.
    #[error("the node restarted; it is {0} now")]
    Restarted(Life),
    /// The node was out of reach for so long that it forgot what was under way.
    #[error("the node forgot what was under way")]
    Forgotten,
    /// The node took the record in and will not answer it.
    #[error("the node took it in and gave no answer")]
    Unanswered,
    /// The payload is larger than the peer takes.
    #[error("the payload has {bytes} bytes, at most {max} are allowed")]
    TooLarge {
        /// Its bytes.
        bytes: usize,
        /// How many there may be.
        max: u64,
    },
    /// The lane is for tells.
    #[error("membership's lane takes tells only")]
    WrongLane,
    /// This node is closed.
    #[error("this node's transport is closed")]
    Closed,
}

/// Why a tell that does not wait was not sent. It never left this node.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Full {
    /// There is no room on the lane now.
    #[error("the lane is full")]
    Full,
    /// There will be none.
    #[error("not sent: {0}")]
    Lost(Why),
}
