//! How a node finds its cluster.
//!
//! ```text
//!             no seeds ─────────────────────────────────────────► Form: a cluster of one
//!             seeds ──► Discover ──► Knock at each address ──┬──► Join the cluster of one that has one
//!                          ▲                                 └──► nobody has: again after a back-off, and say so
//!                          └─────────────────────────────────────────┘
//!             bootstrap, and nobody has one for a while ────────► Form
//! ```
//!
//! A node that has seeds never forms a cluster by itself: two halves of one cluster that start during a partition would
//! be two clusters for ever. So two nodes that name only each other wait for each other until one of them is told to
//! [`bootstrap`](JoiningConfig::bootstrap); the [`Report`] says so. Seeds are resolved anew for every try.

mod config;
mod machine;
mod report;
mod seeds;

pub use config::JoiningConfig;
pub use machine::{Command, Joining};
pub use report::{Report, Trouble};
pub use seeds::Seed;
