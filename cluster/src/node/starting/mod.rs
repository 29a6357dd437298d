//! How a node comes into its cluster, one step to a file.
//!
//! ```text
//! settings ─► Plan ─► transport ─► membership ─► control plane ─► configuration, slots ─► Beyond, which the runtime calls
//! ```
//!
//! Each step needs those before it. What one of them refuses is a [`JoinError`], and nothing is left
//! running.

#[cfg(feature = "config")]
mod configuration;
mod control;
mod environment;
mod error;
mod joining;
mod membership;
mod plan;
#[cfg(feature = "testing")]
mod simulated;
mod slots;
mod transport;

pub use environment::{Environment, WORLD};
pub(crate) use error::JoinError;
pub(crate) use plan::Plan;
#[cfg(feature = "testing")]
pub use simulated::Simulated;
pub(crate) use transport::bind;
