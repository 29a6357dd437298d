//! Who is well: conditions, quarantine, probes, beats.
//!
//! The decisions are `consort-protocol`'s; here they are executed. A thread of the node's own (`Watch`) looks at what
//! the threads run (`Lines`) and at whose handlers wait (`Suspended`), and tells
//! the patients of each kind (`KindHealth`) what it has seen; the engine tells them how handlers end.

mod beat;
mod beats;
mod kind_health;
mod lines;
mod patients;
mod pulse;
mod subject;
mod suspended;
mod touched;
mod watch;
mod watched;

pub use beat::{Beat, ServiceBeat, Slowest};
pub use beats::Beats;
pub use consort_protocol::health::{BeatConfig, Condition, HealthConfig};

pub(crate) use consort_protocol::health::{Hold, Sign};
pub(crate) use kind_health::KindHealth;
pub(crate) use pulse::Pulse;
pub(crate) use watch::Watch;
pub(crate) use watched::{Suspension, Watched};
