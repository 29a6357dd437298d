//! What nodes decide together.
//!
//! | module | decides |
//! |---|---|
//! | [`frames`] | what two nodes say to each other, byte by byte, and what is refused as malformed |
//! | [`link`] | who may speak to whom, in which order, and how much may be under way |
//! | [`members`] | who belongs to the cluster, and how each of them stands |
//! | [`slots`] | which node owns which keys, and how they move |
//! | [`lease`] | until when a node may act as an owner |
//! | [`voters`] | which nodes hold the control plane |

pub mod frames;
pub mod lease;
pub mod link;
pub mod members;
pub mod slots;
pub mod voters;

mod identity;

pub use identity::{Generation, Life, NodeId};
