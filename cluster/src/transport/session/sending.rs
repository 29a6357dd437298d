//! A session's asks and tells.

use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use consort_protocol::cluster::link::lane::{CALL_LANES, Header, Kind, Lane, LaneNumber};

use super::outbound::{Accepted, Outbound, Sizes, TooLarge};
use super::{Asked, Session, Ticket};
use crate::transport::{Full, Lost, Why};

/// Why a record was not taken in.
pub(in crate::transport) enum NoRoom {
    /// There is no room: this is its place among those who wait.
    Wait(Ticket),
    /// There is room and it is its turn, but it is large and has to wait for its bulk lane. Its place is kept.
    Behind(Ticket, LaneNumber),
    /// The session is over.
    Ended(Why),
    /// It is too large for the peer.
    Refused(Why),
}

/// A place among those who wait, and who is to be woken when its turn comes.
type Place<'a, 'b> = (Ticket, &'a mut Context<'b>);

impl Session {
    /// Asks, once there is room: at once if nobody waits before it, else when it is its turn.
    pub(in crate::transport) fn ask(
        &self,
        (lane, number): (Lane, LaneNumber),
        payload: &mut Vec<u8>,
        place: Option<Place<'_, '_>>,
    ) -> Result<Asked, NoRoom> {
        let mut outbound = self.lane(number).outbound.lock();
        let asks = outbound.announced.asks.min(self.limits.records.asks) as usize;
        let has_room = outbound.window.has_room() && outbound.slots.waiting() < asks;
        enter(&mut outbound, has_room, place)?;
        // The place is taken once the record is in: it may be too large.
        let asked = outbound.slots.peek();
        match self.accept(&mut outbound, header(Kind::Ask, asked.0, lane), lane, payload) {
            Ok(accepted) => outbound.slots.open(asked, accepted.number),
            Err(too_large) => return Err(NoRoom::Refused(too_large.into())),
        }
        let let_in = self.let_in(&mut outbound);
        let writer = let_in.writer.or_else(|| outbound.writer());
        drop(outbound);
        self.wake(writer, let_in.wakers);
        Ok(asked)
    }

    /// Tells what is large, once there is room. It waits before it is taken in: who leaves while it waits has sent nothing.
    pub(in crate::transport) fn tell_large(
        &self,
        (lane, number): (Lane, LaneNumber),
        payload: &mut Vec<u8>,
        place: Option<Place<'_, '_>>,
    ) -> Result<(), NoRoom> {
        let behind = (!self.has_room_for_large(lane, payload.len())).then(|| bulk(lane));
        let mut outbound = self.lane(number).outbound.lock();
        let has_room = outbound.window.has_room();
        match (enter(&mut outbound, has_room && behind.is_none(), place), behind) {
            (Err(NoRoom::Wait(ticket)), Some(bulk)) if has_room && outbound.room.is_first(ticket) => {
                return Err(NoRoom::Behind(ticket, bulk));
            }
            (entered, _) => entered?,
        }
        let accepted = self.accept_tell(&mut outbound, lane, payload);
        let let_in = self.let_in(&mut outbound);
        let writer = let_in.writer.or_else(|| outbound.writer());
        drop(outbound);
        self.wake(writer, let_in.wakers);
        accepted.map_err(|too_large| NoRoom::Refused(too_large.into()))
    }

    /// Tells, if there is room now.
    pub(in crate::transport) fn try_tell(
        &self,
        (lane, number): (Lane, LaneNumber),
        payload: &mut Vec<u8>,
    ) -> Result<(), Full> {
        let has_room_for_large = self.has_room_for_large(lane, payload.len());
        let mut outbound = self.lane(number).outbound.lock();
        if !has_room_for_large && outbound.ended().is_none() {
            return Err(Full::Full);
        }
        self.tell_at_once(&mut outbound, lane, payload)?;
        let writer = outbound.writer();
        drop(outbound);
        self.wake(writer, None);
        Ok(())
    }

    /// Tells, if nobody waits for room and there is some.
    pub(super) fn tell_at_once(&self, outbound: &mut Outbound, lane: Lane, payload: &mut Vec<u8>) -> Result<(), Full> {
        if let Some(why) = outbound.ended() {
            return Err(Full::Lost(why.clone()));
        }
        if !outbound.room.is_empty() || !outbound.window.has_room() {
            return Err(Full::Full);
        }
        self.accept_tell(outbound, lane, payload).map_err(|too_large| Full::Lost(too_large.into()))
    }

    pub(super) fn accept_tell(
        &self,
        outbound: &mut Outbound,
        lane: Lane,
        payload: &mut Vec<u8>,
    ) -> Result<(), TooLarge> {
        self.accept(outbound, header(Kind::Tell, 0, lane), lane, payload).map(drop)
    }

    /// Whether a payload of so many bytes is small, or its bulk lane takes it. What is large only for this peer passes: its
    /// lane alone bounds it.
    fn has_room_for_large(&self, lane: Lane, bytes: usize) -> bool {
        if self.is_small(bytes) {
            return true;
        }
        let bulk = self.lane(bulk(lane));
        let outbound = bulk.outbound.lock();
        outbound.ended().is_some() || bulk.has_room_for_bodies(&outbound)
    }

    fn accept(
        &self,
        outbound: &mut Outbound,
        header: Header,
        lane: Lane,
        payload: &mut Vec<u8>,
    ) -> Result<Accepted, TooLarge> {
        let sizes = self.sizes(outbound);
        let accepted = outbound.accept(header, sizes, || self.body_number(), payload)?;
        self.promise(bulk(lane), accepted.detached);
        Ok(accepted)
    }

    /// What a payload may have, by both sides' limits.
    pub(super) fn sizes(&self, outbound: &Outbound) -> Sizes {
        Sizes {
            chunk: self.limits.records.chunk.min(outbound.announced.record) as usize,
            payload: outbound.announced.payload.min(u64::from(self.limits.records.payload)),
        }
    }

    /// The number of the next payload that goes in chunks.
    pub(super) fn body_number(&self) -> u32 {
        self.body_numbers.fetch_add(1, Relaxed)
    }

    /// So many bytes will go on a bulk lane once the record before them has gone. To be called under the lock of the
    /// record's lane, or they might go first.
    pub(super) fn promise(&self, bulk: LaneNumber, bytes: usize) {
        if bytes > 0 {
            self.lane(bulk).promised.fetch_add(bytes as u64, Relaxed);
        }
    }

    /// A place among those who wait for room on a lane.
    pub(in crate::transport) fn queue(&self, number: LaneNumber) -> Ticket {
        self.lane(number).outbound.lock().room.queue()
    }

    /// Waits until a bulk lane has room again.
    pub(in crate::transport) fn poll_room(&self, number: LaneNumber, ticket: Ticket, cx: &mut Context<'_>) -> Poll<()> {
        let lane = self.lane(number);
        let mut outbound = lane.outbound.lock();
        let is_next = outbound.room.is_next(ticket, cx);
        if outbound.ended().is_none() && !(is_next && lane.has_room_for_bodies(&outbound)) {
            return Poll::Pending;
        }
        outbound.room.leave(ticket);
        let let_in = self.let_in(&mut outbound);
        drop(outbound);
        self.wake(let_in.writer, let_in.wakers);
        Poll::Ready(())
    }

    pub(in crate::transport) fn poll_answer(
        &self,
        number: LaneNumber,
        asked: Asked,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Bytes, Lost>> {
        self.lane(number).outbound.lock().slots.poll(asked, cx)
    }

    /// Asks on the lanes of calls that have no answer yet.
    pub(in crate::transport) fn under_way(&self) -> usize {
        let lanes = (0..u64::from(CALL_LANES)).filter_map(|hash| Lane::Call(hash).number());
        lanes.map(|number| self.lane(number).outbound.lock().slots.waiting()).sum()
    }

    /// The asker is gone.
    pub(in crate::transport) fn abandon(&self, number: LaneNumber, asked: Asked) {
        self.lane(number).outbound.lock().slots.abandon(asked);
    }

    /// Who waited for room is gone.
    pub(in crate::transport) fn leave(&self, number: LaneNumber, ticket: Ticket) {
        let mut outbound = self.lane(number).outbound.lock();
        outbound.room.leave(ticket);
        let let_in = self.let_in(&mut outbound);
        drop(outbound);
        self.wake(let_in.writer, let_in.wakers);
    }

    /// A message of membership: sent if there is room, and forgotten.
    pub(in crate::transport) fn post(&self, message: &[u8]) -> Result<(), Full> {
        let waker = self.post.lock().push(message)?;
        self.wake(waker, None);
        Ok(())
    }
}

impl Session {
    /// Wakes outside of locks: who is woken takes them.
    pub(super) fn wake(&self, writer: Option<Waker>, waiting: impl IntoIterator<Item = Waker>) {
        if let Some(writer) = writer {
            self.bell.wake(writer);
        }
        waiting.into_iter().for_each(Waker::wake);
    }
}

/// The bulk lane of a lane's target.
pub(super) fn bulk(lane: Lane) -> LaneNumber {
    LaneNumber::bulk(u64::from(lane.target()))
}

fn header(kind: Kind, correlation: u32, lane: Lane) -> Header {
    Header { kind, detached: false, length: 0, correlation, target: lane.target() }
}

/// Whether a record may go now; if not, it has a place among those who wait.
fn enter(outbound: &mut Outbound, has_room: bool, place: Option<Place<'_, '_>>) -> Result<(), NoRoom> {
    let ended = outbound.ended().cloned();
    let (ticket, is_next) = match place {
        Some((ticket, cx)) => (Some(ticket), outbound.room.is_next(ticket, cx)),
        None => (None, outbound.room.is_empty()),
    };
    if ended.is_none() && !(has_room && is_next) {
        let ticket = ticket.unwrap_or_else(|| outbound.room.queue());
        return Err(NoRoom::Wait(ticket));
    }
    if let Some(ticket) = ticket {
        outbound.room.leave(ticket);
    }
    match ended {
        Some(why) => Err(NoRoom::Ended(why)),
        None => Ok(()),
    }
}
