//! [`MembershipNet`]: how membership's packets get to other nodes.

use bytes::Bytes;
use consort_protocol::cluster::members::Address;

/// Carries packets of membership to other nodes. The transport does; so do tests.
///
/// What comes in goes to [`MembershipHandle::handle_packet`](super::MembershipHandle::handle_packet).
pub trait MembershipNet: Send + 'static {
    /// Sends a packet of at most 60,000 bytes, without waiting. It is best carried reliably, but need not be: packets
    /// may get lost, overtake each other, and are not repeated. One for the node itself comes back to it, which is how a
    /// node learns that a seed is itself.
    ///
    /// If nobody can be reached, [`handle_unreachable`](super::MembershipHandle::handle_unreachable) says why to
    /// whoever looks for the cluster.
    fn send(&self, to: &Address, packet: Bytes);
}
