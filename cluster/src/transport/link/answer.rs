use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use consort_protocol::cluster::link::lane::LaneNumber;

use crate::transport::session::{Asked, NoRoom, Scratch, Session, Ticket};
use crate::transport::{Lane, Lost, Why};

/// The answer to an ask.
#[must_use = "an ask whose answer nobody waits for is a tell"]
pub struct Answer {
    session: Arc<Session>,
    lane: Lane,
    stage: Stage,
}

enum Stage {
    /// There was no room.
    Waiting(LaneNumber, Vec<u8>, Ticket),
    /// It is on its way.
    Asked(LaneNumber, Asked),
    /// It will not be sent.
    Lost(Why),
    Over,
}

impl Answer {
    pub(super) fn new(session: Arc<Session>, lane: Lane, mut payload: Scratch) -> Self {
        let stage = match lane.number() {
            Some(number) => Stage::of(number, session.ask((lane, number), &mut payload.0, None), &mut payload.0),
            None => Stage::Lost(Why::WrongLane),
        };
        Answer { session, lane, stage }
    }
}

impl Stage {
    fn of(number: LaneNumber, asked: Result<Asked, NoRoom>, payload: &mut Vec<u8>) -> Self {
        match asked {
            Ok(asked) => Stage::Asked(number, asked),
            Err(NoRoom::Wait(ticket) | NoRoom::Behind(ticket, _)) => {
                Stage::Waiting(number, std::mem::take(payload), ticket)
            }
            Err(NoRoom::Ended(why) | NoRoom::Refused(why)) => Stage::Lost(why),
        }
    }
}

impl Future for Answer {
    type Output = Result<Bytes, Lost>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if let Stage::Waiting(..) = this.stage
            && let Stage::Waiting(number, mut payload, ticket) = std::mem::replace(&mut this.stage, Stage::Over)
        {
            let asked = this.session.ask((this.lane, number), &mut payload, Some((ticket, cx)));
            this.stage = Stage::of(number, asked, &mut payload);
        }
        match &this.stage {
            Stage::Waiting(..) => Poll::Pending,
            Stage::Asked(number, asked) => {
                let answer = std::task::ready!(this.session.poll_answer(*number, *asked, cx));
                this.stage = Stage::Over;
                Poll::Ready(answer)
            }
            Stage::Lost(why) => Poll::Ready(Err(Lost::NotSent(why.clone()))),
            Stage::Over => Poll::Ready(Err(Lost::MaybeArrived(Why::Unanswered))),
        }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        match self.stage {
            Stage::Waiting(number, _, ticket) => self.session.leave(number, ticket),
            Stage::Asked(number, asked) => self.session.abandon(number, asked),
            Stage::Lost(_) | Stage::Over => {}
        }
    }
}
