//! The life of an actor: starts, ends, hooks, bonds, supervision, health. One subject a file.

extern crate consort_runtime as consort;

mod attached;
mod bonds;
mod ends;
mod health;
mod health_at_random;
mod life;
mod node;
mod panics;
mod passivation;
mod probes;
mod references;
mod stop_hook;
mod supervision;
mod tasks;

#[path = "../shared/counter.rs"]
mod counter;
#[path = "../shared/worker.rs"]
mod worker;
