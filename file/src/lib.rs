//! Files in which Consort keeps things: made whole, open in one process at a time, refused when they are damaged.
//!
//! For the stores of Consort's other crates, which say what stands in a file. Not meant for programs.

mod database;
mod fault;
mod name;

pub use database::{Layout, database, guarded};
pub use fault::Fault;
pub use name::{make, open};
