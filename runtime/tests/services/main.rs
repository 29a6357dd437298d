//! Services as wholes, and what is seen of them: states, dependencies, configuration, telemetry. One subject a file.

extern crate consort_runtime as consort;

mod applying;
mod beats;
mod building;
#[cfg(feature = "config")]
mod configuration;
mod dependencies;
mod keep_alive;
mod logs;
mod manifest;
mod pools;
mod scaling;
mod services;
mod shop;
mod spans;
mod telemetry;
mod telemetry_recorder;
mod tree;

#[path = "../shared/counter.rs"]
mod counter;
#[path = "../shared/worker.rs"]
mod worker;
