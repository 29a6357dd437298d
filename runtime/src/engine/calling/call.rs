//! [`Call`]: one call that has not been sent yet. Awaiting it asks; [`Call::push`] tells.

use std::pin::Pin;
use std::ptr;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use crate::engine::asking::Asking;
use crate::engine::away::Away;
use crate::engine::cell::Cell;
use crate::engine::ending::{Ending, Stages};
use crate::engine::frame::{Handled, Outcome};
use crate::engine::inline::{fits, invoke, may_run_inline, run_inline};
use crate::engine::local::{self, Local};
use crate::engine::observe::{self, count_answer, ended_unsent};
use crate::engine::push::Push;
use crate::engine::room::Place;
use crate::engine::send::{Asked, Request, ask};
use crate::error::{CallError, NotRun};
use crate::service::{ActivationId, ActorRef, Method};
use crate::telemetry::spans;

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
    state: Ending<State<'a, S, N>>,
    request: Option<Box<Request>>,
}

enum State<'a, S: Method<N>, const N: usize> {
    Ready(S::Args),
    Queueing(S::Args, Box<Place<'a, S>>),
    Asking(Asking<S, N>),
    Away(Box<Away<S, N>>),
    /// It has ended, not on the quick way; the caller gets this now.
    Ended(Outcome<S, N>),
    Over,
}

impl<S: Method<N>, const N: usize> Stages for State<'_, S, N> {
    #[inline(always)]
    fn is_over(&self) -> bool {
        matches!(self, State::Over)
    }
}

// Nothing in a call is pinned in place: the handler's future lives in its frame.
impl<S: Method<N>, const N: usize> Unpin for Call<'_, S, N> {}

impl<'a, S: Method<N>, const N: usize> Call<'a, S, N> {
    /// A call of `actor` with these arguments. Generated references call this.
    #[inline(always)]
    pub fn new(actor: &'a ActorRef<S>, arguments: S::Args) -> Self {
        Call { cell: actor.pick(), state: Ending::new(State::Ready(arguments)), request: None }
    }

    /// A call of the actor in this very cell.
    pub(crate) fn of(cell: &'a Arc<Cell<S>>, arguments: S::Args, request: Option<Request>) -> Self {
        Call { cell, state: Ending::new(State::Ready(arguments)), request: request.map(Box::new) }
    }

    /// All it takes to make this call once more. Only before it is polled.
    pub(crate) fn copied(&self) -> (Arc<Cell<S>>, S::Args, Option<Request>)
    where
        S::Args: Clone,
    {
        let State::Ready(arguments) = &*self.state else { panic!("a call was copied after it had begun") };
        (self.cell.clone(), arguments.clone(), self.request.as_deref().cloned())
    }

    /// It is in the mailbox or beyond, and does not wait for room.
    pub(crate) fn has_place(&self) -> bool {
        !matches!(*self.state, State::Ready(_) | State::Queueing(..))
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
    pub fn push(mut self) -> Push<'a, S, N> {
        let arguments = self.take_arguments();
        Push::new(self.cell, arguments, self.request.take())
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
    /// The arguments, if the call has not begun.
    #[inline(always)]
    fn take_arguments(&mut self) -> Option<S::Args> {
        let State::Ready(arguments) = &*self.state else { return None };
        // SAFETY: moved out once, since the state is overwritten without being dropped. A `mem::replace` would copy the
        // largest variant, in wider loads than the stores that have just made it: a stall each time.
        unsafe {
            let arguments = ptr::read(arguments);
            ptr::write(&raw mut *self.state, State::Over);
            Some(arguments)
        }
    }

    /// The outcome, if there is one.
    #[inline(always)]
    fn take_outcome(&mut self) -> Poll<Outcome<S, N>> {
        let State::Ended(outcome) = &*self.state else { return Poll::Pending };
        // SAFETY: as above.
        unsafe {
            let outcome = ptr::read(outcome);
            ptr::write(&raw mut *self.state, State::Over);
            Poll::Ready(outcome)
        }
    }

    /// Asks on the quick way, if that is open, and else on another. What the handler returned on the former; of the latter
    /// the state tells.
    #[inline(always)]
    fn ask(&mut self, arguments: S::Args, cx: &mut Context<'_>) -> Option<Handled<S, N>> {
        // SAFETY: used on this thread alone, and it needs no drop.
        let local = unsafe { &*local::pointer() };
        if local.charge(cx).is_pending() {
            *self.state = State::Ready(arguments);
            return None;
        }
        let cell = self.cell;
        let meters = cell.kind.meters();
        let sampled = meters.is_some() && local.samples();
        let plain = self.request.is_none() && !(sampled | spans::are_wanted()) && fits::<S, N>(cell, &arguments);
        if !(plain && may_run_inline(local, cell, true) && cell.word.try_own()) {
            self.ask_on(local, arguments, sampled, cx);
            return None;
        }
        let returned =
            run_inline(local, cell, arguments, None, invoke::<S, N>, cx, |asked, cx| self.go_on(local, asked, cx));
        if let (Some(returned), Some(meters)) = (&returned, meters) {
            count_answer(local, meters, N, returned.is_err());
        }
        returned
    }

    #[cold]
    #[inline(never)]
    fn ask_on(&mut self, local: &Local, arguments: S::Args, sampled: bool, cx: &mut Context<'_>) {
        let asked = ask(local, self.cell, arguments, self.request.as_deref(), None, sampled, cx);
        self.settle(asked, cx);
    }

    /// The handler was begun on the quick way and did not return.
    #[cold]
    #[inline(never)]
    fn go_on(&mut self, local: &Local, mut asked: Asked<S, N>, cx: &mut Context<'_>) {
        observe::note_asked(local, self.cell, &mut asked, None, 1);
        self.settle(asked, cx);
    }

    fn settle(&mut self, asked: Asked<S, N>, cx: &mut Context<'_>) {
        *self.state = match asked {
            Asked::Ready(outcome) => State::Ended(outcome),
            Asked::Waiting(asking) => State::Asking(asking),
            Asked::Away(away) => return self.poll_away(away, cx),
            Asked::Full(full) => {
                let place = Place::take(self.cell, &full, cx);
                State::Queueing(full.arguments, place)
            }
        };
    }

    /// Every poll but the first.
    #[inline(never)]
    fn poll_on(&mut self, cx: &mut Context<'_>) {
        if let State::Asking(asking) = &mut *self.state {
            if let Poll::Ready(outcome) = asking.poll(cx) {
                *self.state = State::Ended(outcome);
            }
            return;
        }
        match std::mem::replace(&mut *self.state, State::Over) {
            State::Queueing(arguments, place) => self.ask_again(arguments, place, cx),
            State::Away(away) => self.poll_away(away, cx),
            State::Ready(_) | State::Asking(_) | State::Ended(_) | State::Over => {
                panic!("a call was polled after it had ended")
            }
        }
    }

    #[cold]
    fn poll_away(&mut self, mut away: Box<Away<S, N>>, cx: &mut Context<'_>) {
        *self.state = match away.poll(self.cell, cx) {
            Poll::Ready(outcome) => State::Ended(outcome),
            Poll::Pending => State::Away(away),
        };
    }

    /// Tries once more to get the message into the mailbox.
    #[cold]
    fn ask_again(&mut self, arguments: S::Args, mut place: Box<Place<'a, S>>, cx: &mut Context<'_>) {
        if let Err(why) = place.check(cx) {
            ended_unsent::<S, N>(self.cell, &why);
            *self.state = State::Ended(Err(why.into()));
            return;
        }
        // SAFETY: as in `ask`.
        let local = unsafe { &*local::pointer() };
        if local.charge(cx).is_pending() {
            *self.state = State::Queueing(arguments, place);
            return;
        }
        match ask(local, self.cell, arguments, self.request.as_deref(), Some(&*place), false, cx) {
            Asked::Full(full) => {
                place.renew(&full);
                *self.state = State::Queueing(full.arguments, place);
            }
            asked => {
                place.leave_sent();
                self.settle(asked, cx);
            }
        }
    }
}

impl<S: Method<N>, const N: usize> Future for Call<'_, S, N> {
    type Output = Outcome<S, N>;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        match this.take_arguments() {
            Some(arguments) => {
                if let Some(returned) = this.ask(arguments, cx) {
                    return Poll::Ready(returned.map_err(CallError::App));
                }
            }
            None => this.poll_on(cx),
        }
        this.take_outcome()
    }
}
