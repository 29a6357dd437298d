//! What becomes of calls that fail: retries, breakers, limits, dead letters, redelivery. One subject a file.

extern crate consort_runtime as consort;

mod breaker;
mod dead_letters;
mod idempotency;
mod ledgers;
mod overload;
mod poison;
mod redelivery;
mod retries;

#[path = "../shared/worker.rs"]
mod worker;
