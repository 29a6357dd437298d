//! [`Gossip`]: membership's packets over the transport.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use consort_protocol::cluster::members::{Address, MemberState, Members};
use consort_protocol::cluster::{Life, NodeId};

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
        let expected = self.handle.get().and_then(|handle| expected(&handle.snapshot(), to));
        let link = self.transport.link(address, expected);
        // lost packets are borne; who cannot be reached is reported by its link
        let _ = link.try_tell(Lane::Membership, |out| out.extend_from_slice(&packet));
    }
}

/// Who has to be at an address. Where more than one may be, that is whoever is there: a node that has started anew under
/// another id is reached while its former life is not yet down, which ends with the answer.
fn expected(members: &Members, at: &Address) -> Option<NodeId> {
    let mut claimants = members.iter().filter(|member| member.state != MemberState::Down && member.address == *at);
    let only = claimants.next().filter(|_| claimants.next().is_none())?;
    matches!(only.state, MemberState::Up | MemberState::Leaving).then_some(only.life.id)
}

#[cfg(test)]
mod tests {
    use consort_protocol::cluster::Generation;
    use consort_protocol::cluster::members::{Member, Meta, Standing};

    use super::*;

    fn member(id: u64, port: u16, state: MemberState) -> Arc<Member> {
        let life = Life { id: NodeId::new(id).unwrap(), generation: Generation(id) };
        let address = format!("10.0.0.1:{port}").parse().unwrap();
        Arc::new(Member { life, address, state, standing: Standing::Healthy, meta: Arc::new(Meta::default()) })
    }

    /// Who is expected at port 1 if these nodes say that they are there, and one is at port 2.
    fn at_port_1(claimants: &[(u64, MemberState)]) -> Option<u64> {
        let claimants = claimants.iter().map(|(id, state)| member(*id, 1, *state));
        let members = claimants.chain([member(9, 2, MemberState::Up)]);
        let members = Members::new(1, member(9, 2, MemberState::Up).life, members);
        expected(&members, &"10.0.0.1:1".parse().unwrap()).map(|id| id.number())
    }

    #[test]
    fn at_the_address_of_one_member_nobody_else_is_expected() {
        use MemberState::{Down, Leaving, Up};
        assert_eq!(at_port_1(&[(1, Up)]), Some(1));
        assert_eq!(at_port_1(&[(1, Down), (2, Leaving)]), Some(2));
    }

    #[test]
    fn where_a_node_may_have_taken_the_place_of_another_one_whoever_is_there_will_do() {
        use MemberState::{Down, Joining, Up};
        assert_eq!(at_port_1(&[(1, Up), (2, Joining)]), None, "the first one may just have died");
        assert_eq!(at_port_1(&[(1, Up), (2, Up)]), None);
        assert_eq!(at_port_1(&[(1, Down), (2, Joining)]), None);
        assert_eq!(at_port_1(&[(1, Down)]), None);
        assert_eq!(at_port_1(&[]), None);
    }
}
