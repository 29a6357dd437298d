//! [`Bodies`]: large payloads that come in chunks.

use std::collections::BTreeMap;

use bytes::{Bytes, BytesMut};
use consort_protocol::cluster::link::lane::LaneNumber;
use parking_lot::Mutex;
use tokio::sync::Notify;

/// Memory that is set aside for a payload at once. The rest comes with its chunks: what a peer announces costs nothing.
const AHEAD: usize = 1 << 20;

/// Payloads that are coming, or are here before their record.
pub(in crate::transport) struct Bodies {
    state: Mutex<State>,
    room: Notify,
    max: usize,
}

#[derive(Default)]
struct State {
    coming: BTreeMap<u32, BytesMut>,
    here: BTreeMap<u32, Bytes>,
    /// Records that wait for their payload, with their lane.
    wanted: BTreeMap<u32, LaneNumber>,
    /// Bytes that are here and not taken.
    idle: usize,
}

/// A chunk that does not fit: the peer is broken.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("a chunk of {bytes} bytes of a payload of {announced}, where {max} are allowed")]
pub(in crate::transport) struct Misfit {
    bytes: usize,
    announced: usize,
    max: usize,
}

impl Bodies {
    pub(super) fn new(max: usize) -> Self {
        Bodies { state: Mutex::new(State::default()), room: Notify::new(), max }
    }

    /// A chunk came; `left` bytes of its payload begin with it. The lane of the record that waits for it, if it is the
    /// last one.
    pub(super) fn handle_chunk(&self, number: u32, left: usize, chunk: &[u8]) -> Result<Option<LaneNumber>, Misfit> {
        let mut state = self.state.lock();
        let body = state.coming.entry(number).or_default();
        let announced = body.len().saturating_add(left);
        if announced > self.max || chunk.len() > left || chunk.is_empty() {
            return Err(Misfit { bytes: chunk.len(), announced, max: self.max });
        }
        if body.is_empty() {
            body.reserve(left.min(AHEAD));
        }
        body.extend_from_slice(chunk);
        if chunk.len() < left {
            return Ok(None);
        }
        let body = state.coming.remove(&number).map(BytesMut::freeze).unwrap_or_default();
        state.idle += body.len();
        state.here.insert(number, body);
        Ok(state.wanted.get(&number).copied())
    }

    /// The payload, if it is here; if not, [`handle_chunk`](Self::handle_chunk) will say when it is.
    pub(super) fn take(&self, number: u32, lane: LaneNumber) -> Option<Bytes> {
        let mut state = self.state.lock();
        let Some(body) = state.here.remove(&number) else {
            state.wanted.insert(number, lane);
            return None;
        };
        state.wanted.remove(&number);
        state.idle -= body.len();
        drop(state);
        self.room.notify_waiters();
        Some(body)
    }

    /// Waits until so little is here unclaimed that more may be read. Records come on lanes of their own, so this does
    /// not wait for itself.
    pub(in crate::transport) async fn has_room(&self) {
        loop {
            let taken = self.room.notified();
            if self.state.lock().idle <= self.max {
                return;
            }
            taken.await;
        }
    }

    pub(super) fn clear(&self) {
        *self.state.lock() = State::default();
        self.room.notify_waiters();
    }
}
