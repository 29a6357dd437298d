//! Calls of other nodes, as they come in.

mod inbound;
mod spoke;

pub(crate) use inbound::Inbound;
