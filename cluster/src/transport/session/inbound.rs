//! [`Inbound`]: the receiving half of a lane.

use bytes::{Buf, Bytes, BytesMut};
use consort_protocol::cluster::link::lane::{
    Arrival, Elsewhere, HEADER, Header, Impossible, ReceiveWindow, Unordered, Unreadable,
};

use super::bodies::Misfit;
use crate::planted::Planted;
use crate::transport::{Limits, Record};

/// Bytes that a sender may write beyond a window: it writes whole batches.
const TOLERANCE: u64 = 2 << 20;

/// The receiving half of a lane. Its lock is held while a batch is served, so batches are served in order.
pub(in crate::transport) struct Inbound {
    pub(super) window: ReceiveWindow,
    /// The connection that may read; 0 for none.
    pub(super) connection: u64,
    /// Records of the batch at hand.
    pub(super) batch: Vec<Record>,
    /// Records that wait for a payload, and those to the same targets behind them. Their bytes are not given back, so
    /// there are at most as many as the window holds.
    pub(super) held: Vec<Held>,
}

/// A record as it came.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) header: Header,
    pub(super) payload: Bytes,
}

/// Why a connection cannot go on: the peer sent what nobody may send, or this side has moved on.
#[derive(Debug, thiserror::Error)]
pub(in crate::transport) enum Broken {
    #[error("another connection has the session")]
    Stale,
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error(transparent)]
    Unordered(#[from] Unordered),
    #[error(transparent)]
    Ack(#[from] Impossible),
    #[error(transparent)]
    Chunk(#[from] Misfit),
    #[error("an answer that nobody asked for")]
    NotAsked,
    #[error("a record of a kind that does not go this way")]
    WrongWay,
    #[error("a lane of the unknown number {0}")]
    NoLane(u8),
    #[error("what serves records panicked")]
    Panicked,
    #[error("a record of the wrong length")]
    WrongLength,
}

impl Inbound {
    pub(super) fn new(limits: &Limits) -> Self {
        Inbound {
            window: ReceiveWindow::new(u64::from(limits.records.window), TOLERANCE),
            connection: 0,
            batch: Vec::new(),
            held: Vec::new(),
        }
    }

    /// Counts a record; whether it is to be looked at.
    pub(super) fn arrive(&mut self, bytes: usize) -> Result<bool, Unordered> {
        let arrival = self.window.handle_record(bytes)?;
        Ok(arrival == Arrival::Next || Planted::DuplicateAfterReconnect.is_planted())
    }

    /// Whether something of this target waits.
    pub(super) fn holds(&self, target: u32) -> bool {
        !self.held.is_empty() && self.held.iter().any(|held| held.header.target == target)
    }
}

/// The complete records at the front of what was read, without copying them.
pub(super) struct Incoming {
    bytes: Bytes,
}

impl Incoming {
    pub(super) fn split(read: &mut BytesMut, record_max: u32) -> Result<Incoming, Unreadable> {
        let mut end = 0;
        while let Some(header) = Header::read(&read[end..], record_max)? {
            let next = end + HEADER + header.length as usize;
            if next > read.len() {
                // Room for the whole of a record that is longer than what is read at a time.
                read.reserve(next - read.len());
                break;
            }
            end = next;
        }
        Ok(Incoming { bytes: read.split_to(end).freeze() })
    }

    /// Records that came as a whole.
    pub(super) fn of(bytes: Bytes) -> Incoming {
        Incoming { bytes }
    }

    pub(super) fn next(&mut self, record_max: u32) -> Result<Option<Held>, Broken> {
        let Some(header) = Header::read(&self.bytes, record_max)? else { return Ok(None) };
        self.bytes.advance(HEADER);
        if self.bytes.len() < header.length as usize {
            return Err(Broken::WrongLength);
        }
        Ok(Some(Held { header, payload: self.bytes.split_to(header.length as usize) }))
    }
}

impl Held {
    pub(super) fn bytes(&self) -> usize {
        HEADER + self.payload.len()
    }

    pub(super) fn elsewhere(&self) -> Result<Elsewhere, Broken> {
        Elsewhere::read(&self.payload).ok_or(Broken::WrongLength)
    }
}
