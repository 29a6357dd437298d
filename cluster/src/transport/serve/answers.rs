use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use consort_protocol::cluster::link::lane::LaneNumber;

use super::{Chore, Correlation};
use crate::transport::session::Session;

/// The way back on one lane of one peer. Cheap to clone; good for as long as the peer's session lives, over all its
/// connections. Answers to a session that is over go nowhere.
#[derive(Clone)]
pub struct Answers {
    session: Arc<Session>,
    lane: LaneNumber,
}

impl Answers {
    pub(in crate::transport) fn new(session: Arc<Session>, lane: LaneNumber) -> Self {
        Answers { session, lane }
    }

    /// Answers an ask with what `write` appends. It never waits: while answers wait to be sent, no further asks of the
    /// lane are read. An answer that is larger than the asker takes becomes none.
    pub fn answer(&self, ask: Correlation, write: impl FnOnce(&mut Vec<u8>)) {
        self.session.answer(self.lane, ask, write);
    }

    /// For an ask that is answered later: it is answered once, or, if it is dropped, with
    /// [`Why::Unanswered`](crate::transport::Why::Unanswered).
    pub fn later(&self, ask: Correlation) -> Answerer {
        Answerer { answers: self.clone(), ask: Some(ask) }
    }

    /// For an ask that is mostly answered at once.
    pub fn due(&self, ask: Correlation) -> Due<'_> {
        Due { answers: self, ask: Some(ask) }
    }

    /// Has the thread that reads what this peer sends do something, once nothing more is to be read: what came together is
    /// then done together, without another thread to wake.
    ///
    /// # Errors
    /// The chore, where no thread of its own carries the peer.
    pub fn soon(&self, chore: Arc<dyn Chore>) -> Result<(), Arc<dyn Chore>> {
        self.session.bell.leave(chore)
    }

    /// Keeps so many bytes of the batch that is being served from being given back to their sender: no more than the
    /// batch has, so nothing outside of [`Serve::serve`](super::Serve::serve).
    pub fn hold(&self, bytes: usize) -> Hold {
        Hold { answers: self.clone(), bytes: self.session.hold(self.lane, bytes as u64) }
    }
}

impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answers").field("lane", &self.lane).finish_non_exhaustive()
    }
}

/// The answer to one ask. It is given once.
#[derive(Debug)]
#[must_use = "dropping it tells the asker that there is no answer"]
pub struct Answerer<A: Borrow<Answers> = Answers> {
    answers: A,
    ask: Option<Correlation>,
}

/// The answer to one ask, as long as its batch is looked at.
pub type Due<'a> = Answerer<&'a Answers>;

impl<A: Borrow<Answers>> Answerer<A> {
    /// Answers with what `write` appends; see [`Answers::answer`].
    pub fn answer(mut self, write: impl FnOnce(&mut Vec<u8>)) {
        if let Some(ask) = self.ask.take() {
            self.answers.borrow().answer(ask, write);
        }
    }
}

impl Due<'_> {
    /// It is answered later.
    pub fn later(mut self) -> Answerer {
        Answerer { answers: self.answers.clone(), ask: self.ask.take() }
    }
}

impl<A: Borrow<Answers>> Drop for Answerer<A> {
    fn drop(&mut self) {
        if let Some(ask) = self.ask.take() {
            let answers = self.answers.borrow();
            answers.session.leave_unanswered(answers.lane, ask);
        }
    }
}

/// Bytes that a peer does not get back yet: it pushes back to who sends them.
#[derive(Debug)]
#[must_use = "dropping it gives the bytes back"]
pub struct Hold {
    answers: Answers,
    bytes: u64,
}

impl Hold {
    /// Takes so many bytes of it, or what there is, to be given back on their own.
    pub fn split(&mut self, bytes: usize) -> Hold {
        let bytes = self.bytes.min(bytes as u64);
        self.bytes -= bytes;
        Hold { answers: self.answers.clone(), bytes }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.answers.session.release(self.answers.lane, self.bytes);
    }
}
