//! What a session does with what comes in.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Poll, Waker};

use bytes::{Bytes, BytesMut};
use consort_protocol::cluster::link::lane::{Ack, CONTROL, Kind, Lane, LaneNumber, Unsent};
use parking_lot::MutexGuard;

use super::inbound::{Broken, Held, Inbound, Incoming};
use super::outbound::Body;
use super::{Session, Side, Stale};
use crate::transport::serve::records;
use crate::transport::{Answers, Correlation, Lost, Record, Why};

impl Session {
    /// A connection writes the lane from here on: the number of the first record that it is given.
    pub(in crate::transport) fn open_outbound(&self, number: LaneNumber, connection: u64) -> Result<u64, Stale> {
        let mut outbound = self.lane(number).outbound.lock();
        if !self.is_attached(connection) || outbound.ended().is_some() {
            return Err(Stale);
        }
        Ok(outbound.handle_connected(connection))
    }

    /// A connection reads the lane from here on, from record `first`.
    pub(in crate::transport) fn open_inbound(
        &self,
        number: LaneNumber,
        connection: u64,
        first: u64,
    ) -> Result<(), Broken> {
        let mut inbound = self.lane(number).inbound.lock();
        if !self.is_attached(connection) {
            return Err(Broken::Stale);
        }
        inbound.connection = connection;
        Ok(inbound.window.handle_connected(first)?)
    }

    /// What is to be written on the lane, as soon as there is anything, and how many records in it are new.
    pub(in crate::transport) fn poll_write(
        &self,
        number: LaneNumber,
        connection: u64,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(Vec<Bytes>, u64), Stale>> {
        let polled = self.lane(number).outbound.lock().poll_batch(connection, cx);
        polled.map_ok(|batch| {
            batch.bodies.into_iter().for_each(|body| self.send_body(body));
            (batch.pieces, batch.records)
        })
    }

    /// What has come together for the lane since it was written last.
    pub(in crate::transport) fn unsent(&self, number: LaneNumber) -> Unsent {
        self.lane(number).outbound.lock().window.unsent()
    }

    /// Waits until there is something to write on a lane that has no stream yet.
    pub(in crate::transport) fn poll_wanted(&self, number: LaneNumber, cx: &mut Context<'_>) -> Poll<()> {
        self.lane(number).outbound.lock().poll_wanted(cx)
    }

    /// What membership says, as soon as there is anything.
    pub(in crate::transport) fn poll_post(
        &self,
        connection: u64,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Vec<u8>, Stale>> {
        self.post.lock().poll_batch(connection, cx)
    }

    /// Waits until bulk lanes may be read further.
    pub(in crate::transport) async fn has_room_for_bodies(&self) {
        self.bodies.has_room().await;
    }

    /// Chunks follow the record they belong to: so a payload that is here already never waits for room on its
    /// record's lane, which may wait for this one.
    fn send_body(&self, body: Body) {
        let lane = self.lane(LaneNumber::bulk(u64::from(body.target)));
        let mut outbound = lane.outbound.lock();
        lane.promised.fetch_sub(body.bytes.len() as u64, Relaxed);
        let chunk = self.sizes(&outbound).chunk;
        outbound.accept_body(body, chunk);
        let waker = outbound.writer();
        drop(outbound);
        self.wake(waker, None);
    }

    /// Takes in the whole records of what was read, and leaves the rest.
    pub(in crate::transport) fn receive(
        self: &Arc<Self>,
        number: LaneNumber,
        connection: u64,
        read: &mut BytesMut,
    ) -> Result<(), Broken> {
        let record_max = self.limits.records.record;
        let mut incoming = Incoming::split(read, record_max)?;
        let mut inbound = self.lane(number).inbound.lock();
        if inbound.connection != connection || !self.is_attached(connection) {
            return Err(Broken::Stale);
        }
        let mut taken = Taken::default();
        inbound.window.release(self.lane(number).returned.swap(0, Relaxed));
        while let Some(record) = incoming.next(record_max)? {
            self.take_in(number, &mut inbound, record, &mut taken)?;
        }
        self.hand_over(number, inbound, taken)
    }

    fn take_in(
        &self,
        number: LaneNumber,
        inbound: &mut Inbound,
        record: Held,
        taken: &mut Taken,
    ) -> Result<(), Broken> {
        if record.header.kind == Kind::Ack {
            taken.ack = Some(Ack::read(&record.payload).ok_or(Broken::WrongLength)?);
            return Ok(());
        }
        if !inbound.arrive(record.bytes())? {
            return Ok(());
        }
        match record.header.kind {
            Kind::Chunk => {
                let (payload, left) = (record.header.correlation, record.header.target as usize);
                taken.bytes += record.bytes() as u64;
                taken.complete.extend(self.bodies.handle_chunk(payload, left, &record.payload)?);
                Ok(())
            }
            _ if inbound.holds(record.header.target) && self.keeps_order() => {
                inbound.held.push(record);
                Ok(())
            }
            _ => self.pass_on(number, inbound, record, taken),
        }
    }

    /// Answers are not held behind each other: each has its own asker.
    fn keeps_order(&self) -> bool {
        matches!(self.side, Side::Accepted(..))
    }

    fn pass_on(
        &self,
        number: LaneNumber,
        inbound: &mut Inbound,
        record: Held,
        taken: &mut Taken,
    ) -> Result<(), Broken> {
        let bytes = record.bytes() as u64;
        let payload = if record.header.detached {
            match self.bodies.take(record.elsewhere()?.payload, number) {
                Some(body) => body,
                None => {
                    inbound.held.push(record);
                    return Ok(());
                }
            }
        } else {
            record.payload
        };
        taken.bytes += bytes;
        let correlation = record.header.correlation;
        match (record.header.kind, &self.side) {
            (Kind::Tell, Side::Accepted(..)) => inbound.batch.push(Record { ask: None, payload }),
            (Kind::Ask, Side::Accepted(..)) => {
                inbound.batch.push(Record { ask: Some(Correlation(correlation)), payload });
            }
            (Kind::Answer, Side::Dialled) => taken.answers.push((correlation, Ok(payload))),
            (Kind::Unanswered, Side::Dialled) => {
                taken.answers.push((correlation, Err(Lost::MaybeArrived(Why::Unanswered))));
            }
            _ => return Err(Broken::WrongWay),
        }
        Ok(())
    }
}

/// What a batch brought.
#[derive(Default)]
struct Taken {
    /// Bytes of records that were taken off the lane.
    bytes: u64,
    ack: Option<Ack>,
    answers: Vec<(u32, Result<Bytes, Lost>)>,
    /// Lanes with records whose payloads are here now.
    complete: Vec<LaneNumber>,
}

impl Session {
    fn hand_over(
        self: &Arc<Self>,
        number: LaneNumber,
        mut inbound: MutexGuard<'_, Inbound>,
        taken: Taken,
    ) -> Result<(), Broken> {
        let released = match &self.side {
            Side::Accepted(..) if !inbound.batch.is_empty() => self.serve(number, &mut inbound, taken.bytes)?,
            _ => taken.bytes,
        };
        inbound.window.release(released);
        let received = inbound.window.received();
        let mut wakers = Vec::new();
        let mut outbound = self.lane(number).outbound.lock();
        drop(inbound);
        outbound.acks.handle_received(received);
        outbound.handle_released(released, matches!(self.side, Side::Accepted(..)));
        if let Some(ack) = taken.ack {
            outbound.handle_ack(ack)?;
        }
        for (correlation, answer) in taken.answers {
            wakers.extend(outbound.slots.answer(correlation, answer).map_err(|_| Broken::NotAsked)?);
        }
        let let_in = self.let_in(&mut outbound);
        wakers.extend(let_in.writer.or_else(|| outbound.writer_if_wanted()));
        drop(outbound);
        wakers.into_iter().chain(let_in.wakers).for_each(Waker::wake);
        taken.complete.into_iter().try_for_each(|lane| self.retry_held(lane))
    }

    /// Hands the batch over; the bytes that nobody holds.
    fn serve(self: &Arc<Self>, number: LaneNumber, inbound: &mut Inbound, bytes: u64) -> Result<u64, Broken> {
        let Side::Accepted(peer, serve) = &self.side else { return Ok(bytes) };
        let unheld = &self.lane(number).unheld;
        unheld.store(bytes, Relaxed);
        let answers = Answers::new(Arc::clone(self), number);
        let lane = number.lane(u32::from(number.number()));
        let served = catch_unwind(AssertUnwindSafe(|| serve.serve(peer, lane, records(&mut inbound.batch), &answers)));
        inbound.batch.clear();
        served.map_err(|_| Broken::Panicked)?;
        Ok(unheld.swap(0, Relaxed))
    }

    /// A payload is here for which a record of the lane waited.
    fn retry_held(self: &Arc<Self>, number: LaneNumber) -> Result<(), Broken> {
        let mut inbound = self.lane(number).inbound.lock();
        let mut taken = Taken::default();
        for record in std::mem::take(&mut inbound.held) {
            if self.keeps_order() && inbound.holds(record.header.target) {
                inbound.held.push(record);
            } else {
                self.pass_on(number, &mut inbound, record, &mut taken)?;
            }
        }
        self.hand_over(number, inbound, taken)
    }
}

impl Session {
    /// Takes in a batch of membership's messages.
    pub(in crate::transport) fn receive_post(self: &Arc<Self>, batch: Bytes) -> Result<(), Broken> {
        let Side::Accepted(peer, serve) = &self.side else { return Err(Broken::WrongWay) };
        let mut incoming = Incoming::of(batch);
        let mut messages = Vec::new();
        while let Some(message) = incoming.next(self.limits.records.record)? {
            if message.header.kind != Kind::Tell || message.header.detached {
                return Err(Broken::WrongWay);
            }
            messages.push(Record { ask: None, payload: message.payload });
        }
        let answers = Answers::new(Arc::clone(self), CONTROL);
        let served =
            catch_unwind(AssertUnwindSafe(|| serve.serve(peer, Lane::Membership, records(&mut messages), &answers)));
        served.map_err(|_| Broken::Panicked)
    }
}
