//! [`Gossip`]: membership's packets over the transport.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use consort_protocol::cluster::Life;
use consort_protocol::cluster::members::Address;

use crate::membership::{MembershipHandle, MembershipNet};
use crate::transport::{Lane, Transport};

/// Carries packets of membership. What a node sends to itself does not leave it.
pub(crate) struct Gossip {
    pub(crate) me: Life,
    pub(crate) transport: Arc<Transport>,
    pub(crate) handle: Arc<OnceLock<MembershipHandle>>,
}

impl MembershipNet for Gossip {
    fn send(&self, to: &Address, packet: Bytes) {
        let Ok(address) = to.as_str().parse() else { return };
        if address == self.transport.address() {
            if let Some(handle) = self.handle.get() {
                handle.handle_packet(self.me, packet);
            }
            return;
        }
        let known = self.handle.get().and_then(|handle| {
            let members = handle.snapshot();
            members.present().find(|member| member.address == *to).map(|member| member.life.id)
        });
        let link = self.transport.link(address, known);
        // lost packets are borne; who cannot be reached is reported by its link
        let _ = link.try_tell(Lane::Membership, |out| out.extend_from_slice(&packet));
    }
}
