//! The rules of the control plane, on every backend.

mod checker;
mod configuration;
mod etcd;
mod group;
mod linearizable;
mod lost;
mod memory;
mod net;
mod pauses;
mod raft;
mod seats;
