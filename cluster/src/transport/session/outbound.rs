//! [`Outbound`]: the sending half of a lane.

use std::collections::VecDeque;
use std::task::{Context, Poll, Waker};

use bytes::{BufMut, Bytes, BytesMut};
use consort_protocol::cluster::link::hello::Announced;
use consort_protocol::cluster::link::lane::{Ack, Acks, Elsewhere, HEADER, Header, Impossible, Kind, SendWindow};

use super::room::Room;
use super::slots::Slots;
use crate::transport::{Limits, Why};

/// A batch is sealed at this size, so that no write is much longer than what a connection sends at once.
const BATCH: usize = 64 << 10;

/// The sending half of a lane: what is to be written, what may have to be written again, who waits for answers and for
/// room. All of it behind one lock: an ask takes it once, and all answers of a batch take it once.
pub(in crate::transport) struct Outbound {
    pub(super) window: SendWindow<Segment>,
    pub(super) slots: Slots,
    pub(super) room: Room,
    pub(super) acks: Acks,
    /// What the peer takes; what this node takes until that is known.
    pub(super) announced: Announced,
    /// Records accepted since the last batch was sealed.
    open: Vec<u8>,
    /// Large payloads whose records were accepted and not written yet, with the numbers of the records.
    bodies: VecDeque<(u64, Body)>,
    /// Bytes of asks that are given back once there is room for answers.
    withheld: u64,
    writer: Option<Waker>,
    /// The connection that may write; 0 for none.
    connection: u64,
    ended: Option<Why>,
}

/// What is written together. A chunk has its payload in the tail, uncopied.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    head: Bytes,
    tail: Bytes,
}

/// A large payload on its way to a bulk lane.
pub(super) struct Body {
    pub(super) number: u32,
    pub(super) target: u32,
    pub(super) bytes: Bytes,
}

/// Another connection has the lane, or the session is over: there is nothing to do for this one.
#[derive(Debug)]
pub(in crate::transport) struct Stale;

/// What a writer is to write, and the payloads whose records are in it.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) pieces: Vec<Bytes>,
    pub(super) bodies: Vec<Body>,
    /// Records that were not written before; none if there are large payloads to follow, which are what takes long then.
    pub(super) records: u64,
}

/// A record that was taken in.
pub(super) struct Accepted {
    pub(super) number: u64,
    /// Bytes of its payload that go on a bulk lane.
    pub(super) detached: usize,
}

/// A payload that is larger than the peer takes; it was not taken in.
pub(super) struct TooLarge {
    pub(super) bytes: usize,
    pub(super) max: u64,
}

impl Outbound {
    pub(super) fn new(limits: &Limits) -> Self {
        Outbound {
            window: SendWindow::new(u64::from(limits.records.window)),
            slots: Slots::new(),
            room: Room::default(),
            acks: Acks::new(u64::from(limits.records.window)),
            announced: limits.announced(),
            open: Vec::new(),
            bodies: VecDeque::new(),
            withheld: 0,
            writer: None,
            connection: 0,
            ended: None,
        }
    }

    pub(super) fn ended(&self) -> Option<&Why> {
        self.ended.as_ref()
    }

    pub(super) fn has_room_beside(&self, promised: u64) -> bool {
        self.window.has_room_beside(promised)
    }

    /// Takes in a record. `number` is for a payload that goes in chunks; such a one is taken out of `payload`, and is
    /// copied nowhere.
    pub(super) fn accept(
        &mut self,
        mut header: Header,
        sizes: Sizes,
        number: impl FnOnce() -> u32,
        payload: &mut Vec<u8>,
    ) -> Result<Accepted, TooLarge> {
        let detached = if payload.len() > sizes.chunk { payload.len() } else { 0 };
        if payload.len() as u64 > sizes.payload {
            return Err(TooLarge { bytes: payload.len(), max: sizes.payload });
        }
        let number = if detached > 0 {
            let elsewhere = Elsewhere { payload: number(), length: detached as u64 };
            header.detached = true;
            let number = self.append(header, &elsewhere.to_bytes());
            let bytes = Bytes::from(std::mem::take(payload));
            self.bodies.push_back((number, Body { number: elsewhere.payload, target: header.target, bytes }));
            number
        } else {
            self.append(header, payload)
        };
        if self.open.len() >= BATCH {
            self.seal();
        }
        Ok(Accepted { number, detached })
    }

    fn append(&mut self, mut header: Header, payload: &[u8]) -> u64 {
        header.length = payload.len() as u32;
        self.open.extend_from_slice(&header.to_bytes());
        self.open.extend_from_slice(payload);
        self.window.accept(HEADER + payload.len())
    }

    /// Takes in a large payload, chunk by chunk.
    pub(super) fn accept_body(&mut self, mut body: Body, chunk: usize) {
        if self.ended.is_some() {
            return;
        }
        self.seal();
        while !body.bytes.is_empty() {
            let left = body.bytes.len();
            let tail = body.bytes.split_to(left.min(chunk));
            let header = Header {
                kind: Kind::Chunk,
                detached: false,
                length: tail.len() as u32,
                correlation: body.number,
                target: left as u32,
            };
            self.window.accept(HEADER + tail.len());
            self.window.seal(Segment { head: Bytes::copy_from_slice(&header.to_bytes()), tail });
        }
    }

    fn seal(&mut self) {
        if !self.open.is_empty() {
            let next = Vec::with_capacity(self.open.len().min(BATCH));
            let head = Bytes::from(std::mem::replace(&mut self.open, next));
            self.window.seal(Segment { head, tail: Bytes::new() });
        }
    }

    /// A connection has the lane from here on. The number of the first record that it is given.
    pub(super) fn handle_connected(&mut self, connection: u64) -> u64 {
        self.connection = connection;
        self.acks.handle_connected();
        self.window.handle_connected(self.announced.window)
    }

    /// There is a new connection, to a peer that takes so much. It has the lane once it begins it; whoever writes is
    /// to stop.
    pub(super) fn handle_attached(&mut self, announced: Announced) -> Option<Waker> {
        self.announced = announced;
        self.connection = 0;
        self.writer.take()
    }

    /// What is to be written, as soon as there is anything.
    pub(super) fn poll_batch(&mut self, connection: u64, cx: &mut Context<'_>) -> Poll<Result<Batch, Stale>> {
        if self.connection != connection || self.ended.is_some() {
            return Poll::Ready(Err(Stale));
        }
        self.seal();
        let mut batch = Batch { records: self.window.unsent().records, ..Batch::default() };
        while let Some(segment) = self.window.poll_batch() {
            batch.pieces.push(segment.head);
            if !segment.tail.is_empty() {
                batch.pieces.push(segment.tail);
            }
        }
        if (!batch.pieces.is_empty() || self.acks.is_due())
            && let Some(ack) = self.acks.poll_ack()
        {
            batch.pieces.push(ack_record(ack));
        }
        while let Some((_, body)) = self.bodies.pop_front_if(|(number, _)| self.window.was_sent(*number)) {
            batch.bodies.push(body);
        }
        if !batch.bodies.is_empty() {
            batch.records = 0;
        }
        if batch.pieces.is_empty() {
            self.writer = Some(cx.waker().clone());
            return Poll::Pending;
        }
        Poll::Ready(Ok(batch))
    }

    /// Whether there is anything to write, for a lane that has no stream yet.
    pub(super) fn poll_wanted(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.ended.is_some() || !self.window.is_idle() || self.slots.waiting() > 0 {
            return Poll::Ready(());
        }
        self.writer = Some(cx.waker().clone());
        Poll::Pending
    }

    pub(super) fn handle_ack(&mut self, ack: Ack) -> Result<(), Impossible> {
        self.window.handle_ack(ack)?;
        if self.window.has_room() {
            let withheld = std::mem::take(&mut self.withheld);
            self.acks.handle_released(withheld);
        }
        Ok(())
    }

    /// Bytes were taken off the lane. While answers wait, those of asks are not given back: an asker who does not take
    /// its answers gets no room for further asks.
    pub(super) fn handle_released(&mut self, bytes: u64, of_asks: bool) {
        if of_asks && !self.window.has_room() {
            self.withheld += bytes;
        } else {
            self.acks.handle_released(bytes);
        }
    }

    /// Who writes the lane, to be woken.
    pub(super) fn writer(&mut self) -> Option<Waker> {
        self.writer.take()
    }

    /// The same, if there is anything to write: a peer that gave room, or is to be told of some.
    pub(super) fn writer_if_wanted(&mut self) -> Option<Waker> {
        if self.acks.is_due() || self.window.has_batch() { self.writer.take() } else { None }
    }

    /// Nothing goes out or comes in any more.
    pub(super) fn end(&mut self, why: &Why, wakers: &mut Vec<Waker>) {
        if self.ended.is_some() {
            return;
        }
        self.ended = Some(why.clone());
        let window = &self.window;
        self.slots.end(why, |number| window.was_sent(number), wakers);
        self.room.all(wakers);
        wakers.extend(self.writer.take());
        self.bodies.clear();
    }
}

/// What a payload may have: in one record, and in all.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    pub(super) chunk: usize,
    pub(super) payload: u64,
}

fn ack_record(ack: Ack) -> Bytes {
    let header = Header { kind: Kind::Ack, detached: false, length: Ack::BYTES as u32, correlation: 0, target: 0 };
    let mut record = BytesMut::with_capacity(HEADER + Ack::BYTES);
    record.put_slice(&header.to_bytes());
    record.put_slice(&ack.to_bytes());
    record.freeze()
}

impl From<TooLarge> for Why {
    fn from(TooLarge { bytes, max }: TooLarge) -> Why {
        Why::TooLarge { bytes, max }
    }
}
