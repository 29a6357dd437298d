use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use consort_protocol::cluster::link::lane::LaneNumber;

use crate::transport::session::{NoRoom, Scratch, Sent, Session, Ticket};
use crate::transport::{Lane, Lost, Why};

/// The end of a tell: it is on its way.
#[must_use = "a tell that has to wait for room is withdrawn if nobody waits with it"]
pub struct Telling {
    session: Arc<Session>,
    lane: Lane,
    stage: Stage,
}

enum Stage {
    /// There was no room.
    Waiting(LaneNumber, Vec<u8>, Ticket),
    /// It is on its way, and large: the next one is to wait.
    Large(LaneNumber, Ticket),
    /// It is on its way.
    Sent,
    /// It will not be sent.
    Lost(Why),
}

impl Telling {
    pub(super) fn new(session: Arc<Session>, lane: Lane, mut payload: Scratch) -> Self {
        let stage = match lane.number() {
            Some(number) => Stage::of(number, session.tell((lane, number), &mut payload.0, None), &mut payload.0),
            None => Stage::Lost(Why::WrongLane),
        };
        Telling { session, lane, stage }
    }
}

impl Stage {
    fn of(number: LaneNumber, told: Result<Sent, NoRoom>, payload: &mut Vec<u8>) -> Self {
        match told {
            Ok(Sent::Done) => Stage::Sent,
            Ok(Sent::Large(bulk, ticket)) => Stage::Large(bulk, ticket),
            Err(NoRoom::Wait(ticket)) => Stage::Waiting(number, std::mem::take(payload), ticket),
            Err(NoRoom::Ended(why) | NoRoom::Refused(why)) => Stage::Lost(why),
        }
    }
}

impl Future for Telling {
    type Output = Result<(), Lost>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if let Stage::Waiting(..) = this.stage
            && let Stage::Waiting(number, mut payload, ticket) = std::mem::replace(&mut this.stage, Stage::Sent)
        {
            let told = this.session.tell((this.lane, number), &mut payload, Some((ticket, cx)));
            this.stage = Stage::of(number, told, &mut payload);
        }
        match &this.stage {
            Stage::Waiting(..) => Poll::Pending,
            Stage::Large(bulk, ticket) => {
                ready!(this.session.poll_room(*bulk, *ticket, cx));
                this.stage = Stage::Sent;
                Poll::Ready(Ok(()))
            }
            Stage::Sent => Poll::Ready(Ok(())),
            Stage::Lost(why) => Poll::Ready(Err(Lost::NotSent(why.clone()))),
        }
    }
}

impl Drop for Telling {
    fn drop(&mut self) {
        match self.stage {
            Stage::Waiting(number, _, ticket) | Stage::Large(number, ticket) => self.session.leave(number, ticket),
            Stage::Sent | Stage::Lost(_) => {}
        }
    }
}
