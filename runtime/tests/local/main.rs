//! The rules of one process, one subject a file.

extern crate consort_runtime as consort;

mod allocations;
mod calls;
mod cycles;
mod deadlines;
mod dynamic_calls;
mod ends;
mod fixtures;
mod life;
mod mailbox;
mod node;
mod order;
mod panics;
mod passivation;
mod pools;
mod references;
mod stop_hook;
mod tasks;
