//! A session's answers, and what is given back to the peer.

use std::sync::atomic::Ordering::Relaxed;

use consort_protocol::cluster::link::lane::{Header, Kind, LaneNumber};

use super::outbound::{Accepted, Sizes};
use super::{Scratch, Session};
use crate::transport::Correlation;

impl Session {
    pub(in crate::transport) fn answer(&self, number: LaneNumber, ask: Correlation, write: impl FnOnce(&mut Vec<u8>)) {
        let mut payload = Scratch::write(write);
        let mut outbound = self.lane(number).outbound.lock();
        let sizes = self.sizes(&outbound);
        if outbound.ended().is_some() {
            return;
        }
        let header = header(Kind::Answer, &ask);
        let accepted = outbound.accept(header, sizes, || self.body_number(), &mut payload.0);
        if let Ok(Accepted { detached, .. }) = accepted {
            self.promise(LaneNumber::bulk(u64::from(header.target)), detached);
        }
        let waker = outbound.writer();
        drop(outbound);
        self.wake(waker, None);
        if accepted.is_err() {
            tracing::warn!(max = sizes.payload, "an answer is larger than its asker takes, and is not sent");
            self.leave_unanswered(number, ask);
        }
    }

    pub(in crate::transport) fn leave_unanswered(&self, number: LaneNumber, ask: Correlation) {
        let mut outbound = self.lane(number).outbound.lock();
        if outbound.ended().is_some() {
            return;
        }
        let sizes = Sizes { chunk: usize::MAX, payload: u64::MAX };
        let _ = outbound.accept(header(Kind::Unanswered, &ask), sizes, || 0, &mut Vec::new());
        let waker = outbound.writer();
        drop(outbound);
        self.wake(waker, None);
    }

    /// Keeps bytes of the batch that is being served from being given back: how many there were to keep.
    pub(in crate::transport) fn hold(&self, number: LaneNumber, bytes: u64) -> u64 {
        let mut kept = 0;
        let take = |unheld: u64| {
            kept = bytes.min(unheld);
            Some(unheld - kept)
        };
        let _ = self.lane(number).unheld.fetch_update(Relaxed, Relaxed, take);
        kept
    }

    /// Gives back bytes that were held.
    pub(in crate::transport) fn release(&self, number: LaneNumber, bytes: u64) {
        let lane = self.lane(number);
        lane.returned.fetch_add(bytes, Relaxed);
        let mut outbound = lane.outbound.lock();
        outbound.acks.handle_released(bytes);
        let waker = outbound.acks.is_due().then(|| outbound.writer()).flatten();
        drop(outbound);
        self.wake(waker, None);
    }
}

/// Answers keep no order among each other: what stands for a target only spreads large ones over the bulk lanes.
fn header(kind: Kind, ask: &Correlation) -> Header {
    Header { kind, detached: false, length: 0, correlation: ask.0, target: ask.0 }
}
