//! Finds the other nodes, and sees who is gone.

pub mod machine;

mod config;
mod swim;

pub use config::MembershipConfig;
pub use swim::ProbeConfig;
