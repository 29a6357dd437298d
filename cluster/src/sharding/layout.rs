//! What stands where in the control plane.

use std::collections::BTreeMap;

use bytes::Bytes;
use consort_protocol::cluster::members::Address;
use consort_protocol::cluster::{Generation, Life, NodeId};
use serde::{Deserialize, Serialize};

/// The slot table.
pub(crate) const TABLE: &str = "slots";
/// Who writes the slot table.
pub(crate) const LEADER: &str = "leader";
/// Below it each node that holds a lease, by its id.
pub(crate) const NODES: &str = "nodes/";

/// The key of a node.
pub(crate) fn node_key(id: NodeId) -> String {
    format!("{NODES}{id}")
}

/// What a node says of itself, for as long as it holds its lease. While this stands there, nobody else is given its
/// slots against its will.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NodeRecord {
    id: u64,
    generation: u64,
    /// Where it is reached.
    pub(crate) address: String,
    /// Its zone; empty if nobody said.
    #[serde(default)]
    pub(crate) zone: String,
    /// Its share of the slots; 0 is none.
    pub(crate) weight: u16,
    /// It serves nothing that has a slot: no keys, and nothing that is there once.
    #[serde(default)]
    pub(crate) keyless: bool,
    /// It hands over what it has, and gets nothing.
    #[serde(default)]
    pub(crate) leaving: bool,
    /// What it serves to others, with the versions.
    #[serde(default)]
    pub(crate) services: BTreeMap<String, String>,
}

impl NodeRecord {
    pub(crate) fn new(life: Life, address: &Address, zone: &str, weight: u16) -> Self {
        let (id, generation) = (life.id.number(), life.generation.0);
        let (address, zone) = (address.to_string(), zone.to_owned());
        let (keyless, leaving, services) = (false, false, BTreeMap::new());
        NodeRecord { id, generation, address, zone, weight, keyless, leaving, services }
    }

    /// The same node, which serves something that has a slot, or nothing.
    pub(crate) fn keyless(self, keyless: bool) -> Self {
        NodeRecord { keyless, ..self }
    }

    /// The same node, with these services.
    pub(crate) fn serving(self, services: BTreeMap<String, String>) -> Self {
        NodeRecord { services, ..self }
    }

    /// The same node, about to leave.
    pub(crate) fn leaving(&self) -> Self {
        NodeRecord { leaving: true, ..self.clone() }
    }

    /// Who it is; `None` if it names nobody.
    pub(crate) fn life(&self) -> Option<Life> {
        Some(Life { id: NodeId::new(self.id)?, generation: Generation(self.generation) })
    }

    pub(crate) fn pack(&self) -> Bytes {
        // integers, texts, a flag and a map of texts: there is nothing in it that msgpack cannot write
        rmp_serde::to_vec_named(self).map(Bytes::from).unwrap_or_default()
    }

    /// `None` if it was written by a version that this one cannot read.
    pub(crate) fn unpack(bytes: &[u8]) -> Option<Self> {
        rmp_serde::from_slice(bytes).ok()
    }
}

/// Who leads, as it stands under [`LEADER`].
pub(crate) fn pack_life(life: Life) -> Bytes {
    Bytes::from(life.to_string())
}

/// Reads what [`pack_life`] writes.
pub(crate) fn unpack_life(bytes: &[u8]) -> Option<Life> {
    let (id, generation) = std::str::from_utf8(bytes).ok()?.split_once('#')?;
    Some(Life { id: id.parse().ok()?, generation: Generation(generation.parse().ok()?) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn life() -> Life {
        Life { id: NodeId::new(7).unwrap(), generation: Generation(3) }
    }

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let record = NodeRecord::new(life(), &"127.0.0.1:7400".parse().unwrap(), "eu", 100);
        assert_eq!(NodeRecord::unpack(&record.pack()), Some(record.clone()));
        assert_eq!(record.life(), Some(life()));
    }

    #[test]
    fn what_is_no_record_is_none() {
        assert_eq!(NodeRecord::unpack(b"\xc1"), None);
        assert_eq!(unpack_life(b"beef#1"), None);
        assert_eq!(unpack_life(&pack_life(life())), Some(life()));
    }
}
