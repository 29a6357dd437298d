//! What a node is told of its cluster: by the program, or by the environment.

mod cluster_settings;
mod environment;

pub use cluster_settings::{ClusterSettings, Identity};
pub use environment::from_env;
