//! States of actors in the store of their node. What fences do between nodes is in `tests/remote/states.rs`.

extern crate consort_runtime as consort;

mod claims;
mod counter;
mod limits;
mod saves;
mod trouble;

#[path = "../shared/failing.rs"]
mod failing;
