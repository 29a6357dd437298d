//! [`Call`]: one call that has not been sent yet. Awaiting it asks; [`Call::push`] tells.

use std::pin::Pin;
use std::ptr;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use super::asking::Asking;
use super::away::Away;
use super::cell::Cell;
use super::frame::Outcome;
use super::observe::ended_unsent;
use super::push::Push;
use super::room::Place;
use super::send::{Asked, Request, ask};
use crate::error::NotRun;
use crate::service::{ActivationId, ActorRef, Method};
use std::sync::Arc;

/// A call of method `N` of service `S`, made by a generated reference.
///
/// Awaiting it is an *ask*: it ends with the handler's reply, with the handler's own error
/// ([`CallError::App`](crate::error::CallError::App)), with the reason why the handler did not run ([`CallError::NotRun`](crate::error::CallError::NotRun), safe to retry), or with
/// [`CallError::Unknown`](crate::error::CallError::Unknown) when it may have run. [`push`](Call::push) makes it a *tell*.
///
/// # Cancel safety
/// Dropping the call before it was polled sends nothing. Dropping it later leaves the handler to run to its end, or to
/// the call's deadline.
#[must_use = "a call does nothing until it is awaited or pushed"]
pub struct Call<'a, S: Method<N>, const N: usize> {
    cell: &'a Arc<Cell<S>>,
    state: State<'a, S, N>,
    request: Option<Box<Request>>,
}

enum State<'a, S: Method<N>, const N: usize> {
    Ready(S::Args),
    Queueing(S::Args, Box<Place<'a, S>>),
    Asking(Asking<S, N>),
    Away(Box<Away<S, N>>),
    Over,
}

// Nothing in a call is pinned in place: the handler's future lives in its frame.
impl<S: Method<N>, const N: usize> Unpin for Call<'_, S, N> {}

impl<'a, S: Method<N>, const N: usize> Call<'a, S, N> {
    /// A call of `actor` with these arguments. Generated references call this.
    #[inline(always)]
    pub fn new(actor: &'a ActorRef<S>, arguments: S::Args) -> Self {
        Call { cell: actor.pick(), state: State::Ready(arguments), request: None }
    }

    /// A call of the actor in this very cell.
    pub(crate) fn of(cell: &'a Arc<Cell<S>>, arguments: S::Args, request: Option<Request>) -> Self {
        Call { cell, state: State::Ready(arguments), request: request.map(Box::new) }
    }

    /// All it takes to make this call once more. Only before it is polled.
    pub(crate) fn copied(&self) -> (Arc<Cell<S>>, S::Args, Option<Request>)
    where
        S::Args: Clone,
    {
        let State::Ready(arguments) = &self.state else { panic!("a call was copied after it had begun") };
        (self.cell.clone(), arguments.clone(), self.request.as_deref().cloned())
    }

    fn request(&mut self) -> &mut Request {
        self.request.get_or_insert_default()
    }

    /// Waits for `limit` at most, counted from now. Calls the handler makes inherit what is left.
    pub fn timeout(self, limit: Duration) -> Self {
        let now = tokio::time::Instant::now().into_std();
        match now.checked_add(limit) {
            Some(deadline) => self.deadline(deadline),
            // so far away that it never comes
            None => self,
        }
    }

    /// Waits until `deadline` at most; the earlier one counts when there are several.
    pub fn deadline(mut self, deadline: Instant) -> Self {
        let request = self.request();
        request.deadline = Some(request.deadline.map_or(deadline, |earlier| earlier.min(deadline)));
        self
    }

    /// Runs on this activation or, if it has ended, not at all ([`NotRun::WrongActivation`]).
    pub fn only(mut self, activation: ActivationId) -> Self {
        self.request().only = Some(activation);
        self
    }

    /// Gives the call an id that stays the same when the caller repeats it; the handler reads it from its `Cx`.
    ///
    /// An activation runs a method once for each id, and answers the same to calls that come again: for
    /// [10 minutes](crate::Rules::idempotency), while it lives, where reply and error are `Clone`. Ids are the
    /// caller's to choose: a number that no other call of this method gets, as a random one or that of an order.
    pub fn idempotent(mut self, id: impl Into<u128>) -> Self {
        self.request().idempotency = Some(id.into());
        self
    }

    /// Tells: the returned future ends once the message is in the mailbox, and waits for room there. No answer comes.
    ///
    /// # Cancel safety
    /// Dropping the future before it is done sends nothing.
    #[inline(always)]
    pub fn push(self) -> Push<'a, S, N> {
        let arguments = match self.state {
            State::Ready(arguments) => Some(arguments),
            State::Queueing(..) | State::Asking(_) | State::Away(_) | State::Over => None,
        };
        Push::new(self.cell, arguments, self.request)
    }

    /// Tells without waiting.
    ///
    /// # Errors
    /// [`NotRun::Full`] when the mailbox has no room; nothing was sent then.
    pub fn try_push(self) -> Result<(), NotRun> {
        self.push().now()
    }
}

impl<'a, S: Method<N>, const N: usize> Call<'a, S, N> {
    #[inline(always)]
    fn after(&mut self, asked: Asked<S, N>, cx: &mut Context<'_>) -> Poll<Outcome<S, N>> {
        self.state = match asked {
            Asked::Ready(outcome) => return Poll::Ready(outcome),
            Asked::Waiting(asking) => State::Asking(asking),
            Asked::Away(away) => return self.poll_away(away, cx),
            Asked::Again(arguments) => State::Ready(arguments),
            Asked::Full(full) => {
                let place = Place::take(self.cell, &full, cx);
                State::Queueing(full.arguments, place)
            }
        };
        Poll::Pending
    }

    /// Every poll but the first.
    fn poll_on(&mut self, cx: &mut Context<'_>) -> Poll<Outcome<S, N>> {
        if let State::Asking(asking) = &mut self.state {
            let polled = asking.poll(cx);
            if polled.is_ready() {
                self.state = State::Over;
            }
            return polled;
        }
        match std::mem::replace(&mut self.state, State::Over) {
            State::Queueing(arguments, place) => self.ask_again(arguments, place, cx),
            State::Away(away) => self.poll_away(away, cx),
            State::Ready(_) | State::Asking(_) | State::Over => panic!("a call was polled after it had ended"),
        }
    }

    #[cold]
    fn poll_away(&mut self, mut away: Box<Away<S, N>>, cx: &mut Context<'_>) -> Poll<Outcome<S, N>> {
        let polled = away.poll(self.cell, cx);
        self.state = if polled.is_ready() { State::Over } else { State::Away(away) };
        polled
    }

    /// Tries once more to get the message into the mailbox.
    #[cold]
    fn ask_again(
        &mut self,
        arguments: S::Args,
        mut place: Box<Place<'a, S>>,
        cx: &mut Context<'_>,
    ) -> Poll<Outcome<S, N>> {
        if let Err(why) = place.check(cx) {
            ended_unsent::<S, N>(self.cell, &why);
            return Poll::Ready(Err(why.into()));
        }
        let arguments = match ask(self.cell, arguments, self.request.as_deref(), Some(&*place), cx) {
            Asked::Full(full) => {
                place.renew(&full);
                full.arguments
            }
            Asked::Again(arguments) => arguments,
            asked => {
                place.leave_sent();
                return self.after(asked, cx);
            }
        };
        self.state = State::Queueing(arguments, place);
        Poll::Pending
    }
}

impl<S: Method<N>, const N: usize> Future for Call<'_, S, N> {
    type Output = Outcome<S, N>;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if let State::Ready(arguments) = &mut this.state {
            // SAFETY: moved out once, since the state is overwritten without being dropped. A `mem::replace` would
            // copy the largest variant, in wider loads than the stores that have just made it: a stall each time.
            let arguments = unsafe {
                let arguments = ptr::read(arguments);
                ptr::write(&raw mut this.state, State::Over);
                arguments
            };
            let asked = ask(this.cell, arguments, this.request.as_deref(), None, cx);
            return this.after(asked, cx);
        }
        this.poll_on(cx)
    }
}
