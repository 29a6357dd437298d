//! The rules of one process, one subject a file.

extern crate consort_runtime as consort;

mod allocations;
mod beats;
mod bonds;
mod breaker;
mod calls;
mod circles;
mod circles_at_random;
#[cfg(feature = "config")]
mod configuration;
mod cut_short;
mod cycles;
mod dead_letters;
mod deadlines;
mod dropped_tells;
mod dynamic_calls;
mod ends;
mod fixtures;
mod health;
mod health_at_random;
mod hooks_that_ask;
mod idempotency;
mod ledgers;
mod life;
mod mailbox;
mod node;
mod order;
mod overload;
mod panics;
mod passivation;
mod players;
mod poison;
mod pools;
mod probes;
mod redelivery;
mod references;
mod retries;
mod spans;
mod stop_hook;
mod supervision;
mod tasks;
mod telemetry;
mod telemetry_recorder;
