//! Who belongs to the cluster, and how each of them stands.
//!
//! Membership is a hint: it says early who seems to be gone, so that calls go elsewhere. Who owns what is decided by
//! leases and the control plane.
//!
//! | module | decides |
//! |---|---|
//! | [`roster`] | how each member stands, from gossip, its own words, the transport and operators |
//! | [`joining`] | how a node finds its cluster: seeds, and what to do if none answers |
//! | [`bytes`] | what members say to each other, and what is refused as malformed |

pub mod bytes;
pub mod joining;
pub mod roster;

mod address;
mod change;
mod member;
mod meta;
mod passport;
mod snapshot;

pub use address::{ADDRESS_BYTES_MAX, Address, NotAnAddress};
pub use bytes::{Introduction, MEMBERSHIP_PACKET_BYTES_MAX, Malformed, Packet};
pub use change::{Cause, MemberChange};
pub use joining::{Joining, JoiningConfig, Report};
pub use member::{Member, MemberState, Standing};
pub use meta::{META_SERVICES_MAX, META_TAGS_MAX, META_TEXT_BYTES_MAX, Meta, MetaTooLarge, Vote, WEIGHT_MAX};
pub use passport::Passport;
pub use roster::{Roster, RosterConfig};
pub use snapshot::Members;
