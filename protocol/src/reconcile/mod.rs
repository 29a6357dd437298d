//! Which services that are to be kept alive have to be started now.
//!
//! ```text
//!  each interval, for each wanted service, the first that fits:
//!  disabled ─────────────────────► nothing
//!  running, starting, stopping ──► nothing
//!  quarantined ──────────────────► nothing
//!  a dependency is not ready ────► nothing, and nothing is counted
//!  gave up, backing off ─────────► nothing
//!  too many starts lately ───────► GiveUp, once
//!  down ─────────────────────────► Start      failed ──► Reset
//! ```

mod command;
mod config;
mod machine;
mod observed;

pub use command::{Command, Standing};
pub use config::{ReconcileConfig, Wanted};
pub use machine::Reconciler;
pub use observed::{Life, Observed};
