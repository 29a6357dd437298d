//! A control plane in an [etcd](https://etcd.io) cluster that somebody else runs: [`EtcdStore`].
//!
//! It speaks gRPC with the few messages that are needed, written by hand in `proto`: no code is generated, so nothing
//! has to be installed to build it.

mod client;
mod options;
mod proto;
mod store;
mod watching;

pub use options::EtcdOptions;
pub use store::{EtcdError, EtcdStore};
