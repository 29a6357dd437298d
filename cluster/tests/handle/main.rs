//! What a program sees of its cluster, and what a client does with it: nodes in one process, over the loopback device.

extern crate consort_runtime as consort;

mod clients;
mod configuration;
mod contracts;
mod depends;
mod ends;
mod explains;
#[path = "../common/identity.rs"]
mod identity;
mod lacking;
mod links;
mod names;
mod nodes;
mod pools;
mod quorum;
mod roles;
mod sees;
mod services;
mod watches;
