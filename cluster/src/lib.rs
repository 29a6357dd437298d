//! Consort on several nodes: the same calls, over QUIC, to the node that owns the key.
//!
//! ```text
//! runtime ──► routing ──► transport ──► other nodes
//!                │            ▲
//!             sharding ───────┤
//!                │            │
//!             control    membership
//! ```
//!
//! | module | what it does |
//! |---|---|
//! | `transport` | carries records between nodes over QUIC, in order and once |
//! | `membership` | finds the other nodes, and sees who is gone |
//! | `control` | the control plane: what all nodes agree on |
//! | `sharding` | keeps the slot table and the lease, moves slots |
//! | `routing` | sends calls to the node that owns the key, and answers those of others |
//! | `configuration` | what is set at run time, for all nodes (feature `config`) |
//! | `registry` | who serves what, in which version |
//! | `client` | calls from a process that is no node: [`Client`] |
//! | `handle` | what a program sees of all this: [`Cluster`] |
//!
//! What is to be decided is decided in `consort_protocol::cluster`; here it is done.

pub mod control;
pub mod membership;
pub mod transport;

mod client;
#[cfg(feature = "config")]
mod configuration;
mod exchange;
mod handle;
mod node;
mod planted;
mod registry;
mod routing;
mod settings;
mod sharding;

pub use client::Client;
#[cfg(feature = "config")]
pub use configuration::ConfigStore;
pub use consort_protocol::cluster::members::{Address, Member, MemberState, Members, Meta, Standing, Vote};
pub use consort_protocol::cluster::slots::{Epoch, SLOTS, Slot, SlotState, Tenure};
pub use consort_protocol::cluster::{Generation, Life, NodeId};
pub use handle::{Cluster, ClusterExt, Home, Id, Share, Shares, Whereabouts};
#[cfg(feature = "testing")]
#[doc(hidden)]
pub use node::Simulated;
pub use node::{Environment, WORLD};
#[cfg(feature = "testing")]
#[doc(hidden)]
pub use planted::Planted;
pub use registry::{Instance, ServiceChange, ServiceChanges, ServiceWatch, Services, Turn};
pub use settings::{ClusterSettings, Identity, from_env};
#[cfg(feature = "testing")]
#[doc(hidden)]
pub use sharding::Clock;
