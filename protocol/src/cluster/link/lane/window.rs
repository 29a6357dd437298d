//! [`SendWindow`]: what was sent on a lane and may have to be sent again.

use std::collections::VecDeque;

use super::Ack;

/// The sender's side of a lane.
///
/// Records are accepted one by one and numbered from 1. What was accepted since the last [`seal`](Self::seal) becomes a
/// batch, which is written at once and kept until the receiver has it. A new connection begins with the first batch
/// that is not known to have arrived; what comes twice is skipped by the [`ReceiveWindow`](super::ReceiveWindow).
///
/// ```text
/// accept ─► accept ─► seal(batch) ─► poll_batch: write it ─► handle_ack: forget it
///                                        ▲
///                       handle_connected ┘ from the first that is not acknowledged
/// ```
///
/// What was ever handed out by `poll_batch` may have arrived. What was not, has not: that is how the sender of a lost
/// record knows whether it is safe to send it elsewhere.
#[derive(Clone, Debug)]
pub struct SendWindow<B> {
    /// Bytes that may be accepted and not released.
    own: u64,
    /// Bytes that the peer takes without having released them.
    peers: u64,
    accepted: Mark,
    sealed: Mark,
    sent: Mark,
    acked: u64,
    released: u64,
    kept: VecDeque<Kept<B>>,
    /// Of those kept, the first that this connection has not been given.
    next: usize,
}

/// Records and bytes from the first on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Mark {
    record: u64,
    bytes: u64,
}

#[derive(Clone, Debug)]
struct Kept<B> {
    from: Mark,
    to: Mark,
    batch: B,
}

/// What was accepted and has not been handed out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unsent {
    /// Records.
    pub records: u64,
    /// Bytes of them.
    pub bytes: u64,
}

/// An ack of what was never sent: the peer is broken, and the connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an ack of record {received} and {released} bytes, of {sent} records sent")]
pub struct Impossible {
    received: u64,
    released: u64,
    sent: u64,
}

impl<B: Clone> SendWindow<B> {
    /// A lane that holds `window` bytes.
    pub fn new(window: u64) -> Self {
        SendWindow {
            own: window,
            peers: window,
            accepted: Mark::default(),
            sealed: Mark::default(),
            sent: Mark::default(),
            acked: 0,
            released: 0,
            kept: VecDeque::new(),
            next: 0,
        }
    }

    /// Whether there is room for one more record. Its size does not matter: one record, however large, fits a lane
    /// that is not full, or it would never fit.
    pub fn has_room(&self) -> bool {
        self.has_room_beside(0)
    }

    /// The same, with so many further bytes promised to the lane.
    pub fn has_room_beside(&self, promised: u64) -> bool {
        (self.accepted.bytes - self.released).saturating_add(promised) < self.own
    }

    /// What was accepted and never handed out by [`poll_batch`](Self::poll_batch).
    pub fn unsent(&self) -> Unsent {
        let (accepted, sent) = (self.accepted, self.sent);
        Unsent { records: accepted.record - sent.record, bytes: accepted.bytes - sent.bytes }
    }

    /// Takes in one more record of so many bytes: its number.
    pub fn accept(&mut self, bytes: usize) -> u64 {
        self.accepted.record += 1;
        self.accepted.bytes += bytes as u64;
        self.accepted.record
    }

    /// What was accepted since the last time is this batch.
    pub fn seal(&mut self, batch: B) {
        self.kept.push_back(Kept { from: self.sealed, to: self.accepted, batch });
        self.sealed = self.accepted;
    }

    /// The next batch to write, unless the peer has as much as it takes.
    pub fn poll_batch(&mut self) -> Option<B> {
        let kept = self.kept.get(self.next)?;
        // Where a batch begins decides, not where it ends: one that is larger than the room would never go.
        if kept.from.bytes.saturating_sub(self.released) >= self.peers {
            return None;
        }
        self.next += 1;
        self.sent = self.sent.max(kept.to);
        let batch = kept.batch.clone();
        self.forget();
        Some(batch)
    }

    /// Whether [`poll_batch`](Self::poll_batch) has one.
    pub fn has_batch(&self) -> bool {
        self.kept.get(self.next).is_some_and(|kept| kept.from.bytes.saturating_sub(self.released) < self.peers)
    }

    /// The peer said what has arrived. An older ack than the last one changes nothing.
    ///
    /// # Errors
    /// [`Impossible`] if more has arrived than was sent.
    pub fn handle_ack(&mut self, ack: Ack) -> Result<(), Impossible> {
        let Ack { received, released } = ack;
        if received > self.sent.record || released > self.sent.bytes {
            return Err(Impossible { received, released, sent: self.sent.record });
        }
        self.acked = self.acked.max(received);
        self.released = self.released.max(released);
        self.forget();
        Ok(())
    }

    /// Lets go of what has arrived. Not of what this connection is still to be given: the peer was told with which
    /// record it begins, and counts from there, so an ack for the connection before must not make it skip any.
    fn forget(&mut self) {
        while self.next > 0 && self.kept.front().is_some_and(|kept| kept.to.record <= self.acked) {
            self.kept.pop_front();
            self.next -= 1;
        }
    }

    /// There is a new connection, to a peer that takes so many bytes. Everything that is not known to have arrived is
    /// to be written again; the number of the first record that will be.
    pub fn handle_connected(&mut self, peers: u64) -> u64 {
        self.peers = peers;
        self.next = 0;
        self.kept.front().map_or(self.sealed, |kept| kept.from).record + 1
    }

    /// Whether the record may have arrived.
    pub fn was_sent(&self, number: u64) -> bool {
        number <= self.sent.record
    }

    /// Whether everything that was accepted is known to have arrived.
    pub fn is_idle(&self) -> bool {
        self.acked == self.accepted.record
    }
}

impl Mark {
    fn max(self, other: Mark) -> Mark {
        if other.record > self.record { other } else { self }
    }
}
