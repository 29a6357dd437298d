//! The rules of a node that has joined others, seen from its side of the seam: the other nodes are a script.

extern crate consort_runtime as consort;

mod away;
mod door;
mod elsewhere;
mod joining;
mod links;
mod moves;
mod net;
mod places;
#[cfg(feature = "state")]
mod states;
mod watches;

#[cfg(feature = "state")]
#[path = "../shared/failing.rs"]
mod failing;
