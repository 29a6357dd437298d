use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use consort_protocol::cluster::link::lane::LaneNumber;

use crate::transport::session::{NoRoom, NotTold, Scratch, Session, Ticket};
use crate::transport::{Lane, Lost, Why};

/// The end of a tell: it is on its way.
#[must_use = "a tell that has to wait for room is withdrawn if nobody waits with it"]
pub struct Telling {
    session: Arc<Session>,
    lane: Lane,
    stage: Stage,
    /// It is large, and this is its place among those who wait for its bulk lane.
    behind: Option<(LaneNumber, Ticket)>,
}

enum Stage {
    /// There was no room, and it is large: it has to come itself.
    Waiting(LaneNumber, Vec<u8>, Ticket),
    /// There was no room: it goes when there is.
    Parked(LaneNumber, Ticket),
    /// It is on its way.
    Sent,
    /// It will not be sent.
    Lost(Why),
}

impl Telling {
    pub(super) fn new(session: Arc<Session>, lane: Lane, mut payload: Scratch) -> Self {
        let stage = match lane.number() {
            Some(number) if session.is_small(payload.0.len()) => {
                Stage::of_small(number, session.tell_small((lane, number), &mut payload.0))
            }
            Some(number) => Stage::of(number, session.tell_large((lane, number), &mut payload.0, None), &mut payload.0),
            None => Stage::Lost(Why::WrongLane),
        };
        Telling { session, lane, stage, behind: None }
    }
}

impl Stage {
    fn of_small(number: LaneNumber, told: Result<(), NotTold>) -> Self {
        match told {
            Ok(()) => Stage::Sent,
            Err(NotTold::Parked(ticket)) => Stage::Parked(number, ticket),
            Err(NotTold::Lost(why)) => Stage::Lost(why),
        }
    }

    fn of(number: LaneNumber, told: Result<(), NoRoom>, payload: &mut Vec<u8>) -> Self {
        match told {
            Ok(()) => Stage::Sent,
            Err(NoRoom::Wait(ticket) | NoRoom::Behind(ticket, _)) => {
                Stage::Waiting(number, std::mem::take(payload), ticket)
            }
            Err(NoRoom::Ended(why) | NoRoom::Refused(why)) => Stage::Lost(why),
        }
    }
}

impl Future for Telling {
    type Output = Result<(), Lost>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        while let Stage::Waiting(number, payload, ticket) = &mut this.stage {
            if let Some((bulk, place)) = this.behind {
                ready!(this.session.poll_room(bulk, place, cx));
                this.behind = None;
            }
            let (number, mut payload, ticket) = (*number, std::mem::take(payload), *ticket);
            let told = this.session.tell_large((this.lane, number), &mut payload, Some((ticket, cx)));
            this.behind = match told {
                Err(NoRoom::Behind(_, bulk)) => Some((bulk, this.session.queue(bulk))),
                _ => None,
            };
            this.stage = Stage::of(number, told, &mut payload);
            if this.behind.is_none() {
                break;
            }
        }
        if let Stage::Parked(number, ticket) = this.stage {
            this.stage = match ready!(this.session.poll_parked(number, ticket, cx)) {
                Ok(()) => Stage::Sent,
                Err(why) => Stage::Lost(why),
            };
        }
        match &this.stage {
            Stage::Waiting(..) | Stage::Parked(..) => Poll::Pending,
            Stage::Sent => Poll::Ready(Ok(())),
            Stage::Lost(why) => Poll::Ready(Err(Lost::NotSent(why.clone()))),
        }
    }
}

impl Drop for Telling {
    fn drop(&mut self) {
        if let Some((bulk, place)) = self.behind {
            self.session.leave(bulk, place);
        }
        match self.stage {
            Stage::Waiting(number, _, ticket) | Stage::Parked(number, ticket) => self.session.leave(number, ticket),
            Stage::Sent | Stage::Lost(_) => {}
        }
    }
}
