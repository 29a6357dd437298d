use std::num::{NonZeroU8, NonZeroUsize};
use std::time::Duration;

use consort_protocol::cluster::members::MEMBERSHIP_PACKET_BYTES_MAX;
use foca::{Config, PeriodicParams};

/// What stands before foca's bytes in a packet: a kind and an edition.
const ENVELOPE_BYTES: usize = 6;

/// How members watch each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProbeConfig {
    /// How often a node probes another, the next one each time. Shorter finds the dead sooner; each probe is four small
    /// packets a node, whatever the size of the cluster.
    pub every: Duration,
    /// How long a probed member has to answer before others are asked to probe it. Longer than the slowest usual way
    /// there and back; shorter than `every`.
    pub answer_within: Duration,
    /// How long a suspect has to refute before it is declared down. Longer forgives longer pauses; shorter finds the
    /// dead sooner.
    pub suspect_for: Duration,
    /// How often what is new is passed on, to three members each time. Shorter spreads news faster; nothing is sent
    /// when there is none.
    pub gossip_every: Duration,
    /// How often one that is down is asked whether it lives, which heals partitions.
    pub recall_every: Duration,
    /// How long gossip remembers who is down. Longer than any partition that should heal without doubt about who died
    /// meanwhile.
    pub remember_down: Duration,
}

/// A probe every 500 ms, answered within 200 ms; a suspect has 2 s; news go out every 100 ms; those that are down are
/// asked every 5 s, and remembered for an hour. A killed member is down after 2.5 to 4 s.
impl Default for ProbeConfig {
    fn default() -> Self {
        ProbeConfig {
            every: Duration::from_millis(500),
            answer_within: Duration::from_millis(200),
            suspect_for: Duration::from_secs(2),
            gossip_every: Duration::from_millis(100),
            recall_every: Duration::from_secs(5),
            remember_down: Duration::from_secs(3_600),
        }
    }
}

impl ProbeConfig {
    /// The same, in foca's words, for about so many members.
    pub(super) fn tuned(&self, members: usize) -> Config {
        let three = const { NonZeroUsize::new(3).unwrap() };
        let params = |frequency, num_members| Some(PeriodicParams { frequency, num_members });
        Config {
            probe_period: self.every,
            probe_rtt: self.answer_within,
            num_indirect_probes: three,
            max_transmissions: transmissions(members),
            suspect_to_down_after: self.suspect_for,
            remove_down_after: Some(self.remember_down),
            max_packet_size: const { NonZeroUsize::new(MEMBERSHIP_PACKET_BYTES_MAX - ENVELOPE_BYTES).unwrap() },
            notify_down_members: true,
            periodic_announce: params(comparing_every(members), NonZeroUsize::MIN),
            periodic_announce_to_down_members: params(self.recall_every, NonZeroUsize::MIN),
            periodic_gossip: params(self.gossip_every, three),
        }
    }
}

/// How often a node passes each piece of news on: eight times for each digit of the number of members. A member misses
/// news with a chance of about e to the power of minus that; where half of the members are cut off, half of the packets
/// are wasted, and fewer transmissions left some ignorant until their own probes found out.
fn transmissions(members: usize) -> NonZeroU8 {
    let digits = members.max(1).ilog10() as u8 + 1;
    NonZeroU8::new(digits.saturating_mul(8)).unwrap_or(NonZeroU8::MIN)
}

/// How often a node asks another for all of its members, in case that news were missed. The answer grows with the
/// members, so it is asked for less often: it stays at some 120 bytes a second.
fn comparing_every(members: usize) -> Duration {
    Duration::from_millis(300).saturating_mul(members.try_into().unwrap_or(u32::MAX)).max(Duration::from_secs(30))
}
