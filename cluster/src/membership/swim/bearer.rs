use consort_protocol::cluster::NodeId;
use consort_protocol::cluster::members::Passport;

/// The bearer of a passport, as foca names members.
///
/// Its "address" is the node's id and not where the node is reached: of one id foca keeps one identity, so a process that
/// restarted elsewhere replaces its earlier life at once. Comparing numbers also keeps foca's scans of its members fast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bearer(pub(super) Passport);

impl foca::Identity for Bearer {
    type Addr = NodeId;

    fn renew(&self) -> Option<Self> {
        self.0.renewed().map(Bearer)
    }

    fn addr(&self) -> NodeId {
        self.0.life.id
    }

    fn win_addr_conflict(&self, adversary: &Self) -> bool {
        self.0.replaces(&adversary.0)
    }
}
