use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use consort_cluster::membership::discovery::SeedList;
use consort_cluster::membership::{Membership, MembershipHandle, MembershipNet};
use consort_protocol::cluster::members::Address;
use consort_protocol::cluster::{Generation, Life, NodeId};

/// Connects the drivers of one process.
#[derive(Clone, Default)]
pub struct Switchboard(Arc<Mutex<BTreeMap<Address, MembershipHandle>>>);

impl Switchboard {
    pub fn life(id: u64) -> Life {
        Life { id: NodeId::new(id).unwrap(), generation: Generation(1) }
    }

    pub fn address(id: u64) -> Address {
        format!("10.0.0.{id}:7400").parse().unwrap()
    }

    /// Membership of a node that is not connected yet.
    pub fn node(&self, id: u64) -> Membership {
        let line = Line { board: self.clone(), from: Switchboard::life(id), address: Switchboard::address(id) };
        Membership::new(line.from, line.address.clone(), line)
    }

    /// The same, with a seed.
    pub fn node_with_seed(&self, id: u64, seed: u64) -> Membership {
        self.node(id).discovery(SeedList::parse(Switchboard::address(seed).as_str()).unwrap())
    }

    pub fn connect(&self, id: u64, handle: &MembershipHandle) {
        self.0.lock().unwrap().insert(Switchboard::address(id), handle.clone());
    }

    pub fn disconnect(&self, id: u64) {
        self.0.lock().unwrap().remove(&Switchboard::address(id));
    }
}

/// How one node sends.
struct Line {
    board: Switchboard,
    from: Life,
    address: Address,
}

impl MembershipNet for Line {
    fn send(&self, to: &Address, packet: Bytes) {
        let lines = self.board.0.lock().unwrap();
        match (lines.get(to), lines.get(&self.address)) {
            (Some(receiver), _) => receiver.handle_packet(self.from, packet),
            (None, Some(sender)) => sender.handle_unreachable(to, "nobody is connected there"),
            (None, None) => {}
        }
    }
}
