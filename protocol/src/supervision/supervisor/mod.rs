//! One supervisor: a few children in a fixed order.
//!
//! `machine.rs` takes the inputs, `plan.rs` says whom an exit concerns, `sequence.rs` gives the steps out one by one.

mod child;
mod error;
mod machine;
mod plan;
mod sequence;

pub use child::Phase;
pub use error::SupervisorError;
pub use machine::Supervisor;
