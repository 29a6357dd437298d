//! Carries records between nodes over QUIC, in order and once.
//!
//! ```text
//!  ask, tell ─► Link ─► session: lanes ─► connection ─► … ─► session: lanes ─► Serve
//!                         ▲                                      │
//!                         └───────────── Answers ◄───────────────┘
//! ```
//!
//! A node dials every node it calls; the answers come back on the same streams. A [`Link`] outlives its connections:
//! what was sent and not acknowledged is sent again over the next one, to the same life of the node, and arrives once.
//! What stands in a record is no matter of the transport.
//!
//! | module | what it does |
//! |---|---|
//! | `link` | the way to one node: asks and tells |
//! | `serve` | what others ask and tell |
//! | `session` | the lanes of a link, between connections: order, windows, answers |
//! | `certificates` | who is let in: files, or development certificates |
//! | `quic` | endpoints and streams; the only place that knows QUIC |

mod bell;
mod certificates;
mod config;
mod dice;
mod error;
mod limits;
mod link;
mod quic;
mod serve;
mod session;

pub use certificates::{CertificateError, Certificates, dev_certificates};
pub use config::{Host, Identity, TransportConfig};
pub use consort_protocol::cluster::link::hello::{ClusterId, Refusal, Versions};
pub use consort_protocol::cluster::link::lane::Lane;
pub use error::{BindError, Full, Lost, Refused, Why};
pub use limits::{FlowLimits, HandshakeLimits, Limits, RecordLimits};
pub use link::{Answer, Link, LinkState, Telling};
pub use quic::{Socket, Transport};
pub use serve::{Answerer, Answers, Chore, Correlation, Due, Hold, Peer, Record, Records, Serve};
