//! The node's own few actors: one host a service kind and the overseer, under a root. kameo actors under kameo's
//! supervision.
//!
//! What there are millions of, keyed activations, are cells of the engine; hosts look after them.

mod hosted;
mod overseer;
mod root;
mod sweeper;

pub use hosted::Hosted;
pub(crate) use root::{Root, start};
