//! What is counted and measured of calls, and the spans they run in; `docs/telemetry.md` has the whole of it.
//!
//! Every kind of a node whose telemetry is on has `Meters`; the engine tells them how each call ended. A
//! [`TelemetrySnapshot`] is a copy of all of them, which prints as a table or as OpenMetrics text, and which the
//! recorder of the `metrics` crate is fed from.

mod exposition;
mod histogram;
mod latency;
mod meters;
mod options;
#[cfg(feature = "metrics")]
mod recorder;
mod snapshot;
pub(crate) mod spans;
mod speaker;
mod stripes;
mod table;
mod voices;

pub use histogram::Histogram;
pub(crate) use meters::{CallEnd, Meters};
pub use options::Telemetry;
#[cfg(feature = "metrics")]
pub(crate) use recorder::Publisher;
pub use snapshot::{MethodSnapshot, ServiceSnapshot, TelemetrySnapshot};
pub(crate) use speaker::Speaker;
pub(crate) use stripes::Thread;
pub use tracing::level_filters::LevelFilter;
pub(crate) use voices::Voices;
pub use voices::admits;
