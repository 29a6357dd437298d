use bytes::Bytes;
use consort_protocol::cluster::Life;
use consort_protocol::cluster::members::{Address, Malformed, MemberChange, Report};

use crate::membership::GossipError;

/// What membership wants done or told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send this packet, at most [`MEMBERSHIP_PACKET_BYTES_MAX`] long.
    ///
    /// [`MEMBERSHIP_PACKET_BYTES_MAX`]: consort_protocol::cluster::members::MEMBERSHIP_PACKET_BYTES_MAX
    Send {
        /// Where to.
        to: Address,
        /// What.
        packet: Bytes,
    },
    /// Find the seeds, and report them with [`handle_seeds`](super::Machine::handle_seeds).
    Discover,
    /// A member has changed.
    Change(MemberChange),
    /// Say this to whoever runs the node.
    Say(Report),
    /// Another process says that it is this node, in another life: its data was copied, or it was started twice.
    Impostor(Life),
}

/// Why a packet was not taken. Nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum PacketRefused {
    /// It is none of membership's, or damaged.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// It is from somebody else than it says.
    #[error("it came by the link of {link}, and says that it is from {claimed}")]
    Forged {
        /// Whose link it came by.
        link: Life,
        /// Whom it names.
        claimed: Life,
    },
    /// Gossip did not take it.
    #[error("gossip refused it: {0}")]
    Gossip(#[from] GossipError),
}
