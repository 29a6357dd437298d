//! How many members a pool has: more while they are busy, fewer while they are not.
//!
//! ```text
//! handle_look(busy members, now) ──► Scaler ──► Some(members): from now on
//! ```

mod config;
mod machine;

pub use config::ScalingConfig;
pub use machine::Scaler;
