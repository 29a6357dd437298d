//! The other nodes: the links to them, what each offers, whose turn it is.

mod catalogue;
pub(super) mod names;
mod peer;
mod peers_type;
mod turns;

pub(super) use catalogue::Offer;
pub(crate) use catalogue::{Catalogue, Offered};
pub(crate) use peer::PeerLink;
pub(crate) use peers_type::Peers;
