//! Tells that wait for room, and go without the tasks that wait for them.
//!
//! If each of many tasks had to come back for its turn before the next one could, a lane would carry one record for each
//! time that a task is woken, however much room there is.

use std::task::{Context, Poll, Waker};

use consort_protocol::cluster::link::lane::LaneNumber;

use super::outbound::{Outbound, TooLarge};
use super::room::Parked;
use super::{Session, Ticket};
use crate::transport::{Full, Lane, Why};

/// Why a small tell was not taken in.
pub(in crate::transport) enum NotTold {
    /// There is no room: it goes when there is.
    Parked(Ticket),
    /// It will not be sent.
    Lost(Why),
}

/// Those who are to be woken, now that there is room.
#[derive(Default)]
pub(super) struct LetIn {
    pub(super) wakers: Vec<Waker>,
    /// There is something to write.
    pub(super) writer: Option<Waker>,
}

impl Session {
    /// Whether a payload goes in one record.
    pub(in crate::transport) fn is_small(&self, bytes: usize) -> bool {
        bytes <= self.limits.records.chunk as usize
    }

    /// Tells what is small: at once, or as soon as there is room.
    pub(in crate::transport) fn tell_small(
        &self,
        (lane, number): (Lane, LaneNumber),
        payload: &mut Vec<u8>,
    ) -> Result<(), NotTold> {
        let mut outbound = self.lane(number).outbound.lock();
        match self.tell_at_once(&mut outbound, lane, payload) {
            Err(Full::Full) => {
                let payload = std::mem::take(payload);
                Err(NotTold::Parked(outbound.room.park(Parked { lane, payload })))
            }
            Err(Full::Lost(why)) => Err(NotTold::Lost(why)),
            Ok(()) => {
                let writer = outbound.writer();
                drop(outbound);
                self.wake(writer, None);
                Ok(())
            }
        }
    }

    /// Waits until a tell that is parked has gone.
    pub(in crate::transport) fn poll_parked(
        &self,
        number: LaneNumber,
        ticket: Ticket,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Why>> {
        let mut outbound = self.lane(number).outbound.lock();
        let Some(bytes) = outbound.room.look(ticket, cx) else { return Poll::Ready(Ok(())) };
        // a new connection may be to a peer that takes less
        let max = self.sizes(&outbound).payload;
        let too_large = (bytes as u64 > max).then(|| Why::from(TooLarge { bytes, max }));
        let Some(why) = outbound.ended().cloned().or(too_large) else { return Poll::Pending };
        outbound.room.leave(ticket);
        let let_in = self.let_in(&mut outbound);
        drop(outbound);
        self.wake(let_in.writer, let_in.wakers);
        Poll::Ready(Err(why))
    }

    /// Lets in those of the lane who wait for room, as far as there is any: what is parked goes, and who has to come
    /// itself is to look again.
    pub(super) fn let_in(&self, outbound: &mut Outbound) -> LetIn {
        let mut let_in = LetIn::default();
        let mut have_gone = false;
        while outbound.window.has_room() && outbound.ended().is_none() {
            let max = self.sizes(outbound).payload;
            let Some((Parked { lane, mut payload }, waker)) = outbound.room.unpark(max) else {
                let_in.wakers.extend(outbound.room.next());
                break;
            };
            // it is not too large
            let _ = self.accept_tell(outbound, lane, &mut payload);
            let_in.wakers.extend(waker);
            have_gone = true;
        }
        if have_gone {
            let_in.writer = outbound.writer();
        }
        let_in
    }
}
