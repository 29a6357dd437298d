//! [`Instance`]: a service on one node.

use std::fmt;

use consort_protocol::cluster::Life;

use crate::sharding::NodeRecord;

/// A service on one node, as the control plane has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// The node.
    pub life: Life,
    /// Where the node is reached.
    pub address: Box<str>,
    /// The node's zone; empty if nobody said.
    pub zone: Box<str>,
    /// The version of the service.
    pub version: Box<str>,
    /// The node is about to leave: it gets no new keys.
    pub leaving: bool,
}

impl Instance {
    /// What a node serves: the names of the services, with this.
    pub(super) fn all_of(record: &NodeRecord) -> impl Iterator<Item = (Box<str>, Instance)> {
        let of = record.life().map(|life| {
            record.services.iter().map(move |(name, version)| {
                let instance = Instance {
                    life,
                    address: record.address.as_str().into(),
                    zone: record.zone.as_str().into(),
                    version: version.as_str().into(),
                    leaving: record.leaving,
                };
                (name.as_str().into(), instance)
            })
        });
        of.into_iter().flatten()
    }
}

impl fmt::Display for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {} at {}", self.version, self.life, self.address)?;
        if self.leaving { f.write_str(", leaving") } else { Ok(()) }
    }
}
