//! Membership of whole clusters on virtual time: nodes, a network of delays, losses and cuts, and what has to hold.
//!
//! Each test prints its seed; `SEED=<seed>` repeats its course. A build with optimizations runs clusters of a thousand
//! members where a debug build has a hundred.

mod deaths;
mod driver;
mod joins;
mod leaves;
mod network;
mod partitions;
mod seed;
mod seeds;
mod simulation;
mod switchboard;
mod trust;
