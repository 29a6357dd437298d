//! What is left of a node of a cluster once it has ended: no thread, no task, no file, no port.
//!
//! All of it is counted of the whole process, so this is a program of its own, and its tests take turns.

#![cfg(target_os = "linux")]

extern crate consort_runtime as consort;

mod again;
mod dropped;
#[path = "../common/identity.rs"]
mod identity;
mod leftovers;
mod nodes;
mod shut_down;
mod unborn;
