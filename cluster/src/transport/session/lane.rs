//! [`LaneState`]: both halves of a lane.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use parking_lot::Mutex;

use super::inbound::Inbound;
use super::outbound::Outbound;
use crate::transport::Limits;

pub(super) struct LaneState {
    pub(super) outbound: Mutex<Outbound>,
    pub(super) inbound: Mutex<Inbound>,
    /// Bytes of the batch that is being served which nobody holds.
    pub(super) unheld: AtomicU64,
    /// Bytes that were held and are no more, for the receiving half to count.
    pub(super) returned: AtomicU64,
    /// Of a bulk lane: bytes of payloads that are to go on it once their records have.
    pub(super) promised: AtomicU64,
}

impl LaneState {
    pub(super) fn new(limits: &Limits) -> Self {
        LaneState {
            outbound: Mutex::new(Outbound::new(limits)),
            inbound: Mutex::new(Inbound::new(limits)),
            unheld: AtomicU64::new(0),
            returned: AtomicU64::new(0),
            promised: AtomicU64::new(0),
        }
    }

    /// Whether a bulk lane takes further payloads without anybody waiting.
    pub(super) fn has_room_for_bodies(&self, outbound: &Outbound) -> bool {
        outbound.has_room_beside(self.promised.load(Relaxed))
    }
}
