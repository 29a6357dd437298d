//! Who is well: conditions, quarantine, probes, beats.
//!
//! The decisions are `consort-protocol`'s; here they are executed.

pub use consort_protocol::health::{BeatConfig, Condition, HealthConfig};
