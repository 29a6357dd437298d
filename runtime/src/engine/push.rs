//! [`Push`]: a tell that waits for room in the mailbox.

use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::ptr;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::away::{self, Parting, Way};
use super::cell::Cell;
use super::ending::{Ending, Stages};
use super::frame::{Header, Typed};
use super::inline::invoke;
use super::local;
use super::mail::{Item, SMALL};
use super::observe::{ended_unsent, is_observed, observe_tell};
use super::reply::Reply;
use super::room::{Full, Place, Wait};
use super::send::{Enqueued, Request, enqueue, envelope_for, left_outside, take_back};
use crate::client::Ended;
use crate::error::NotRun;
use crate::service::Method;

/// A tell under way. It never runs the handler on the sender's task.
///
/// # Cancel safety
/// Dropping it before it is done sends nothing.
#[must_use = "a push does nothing until it is awaited"]
pub struct Push<'a, S: Method<N>, const N: usize> {
    cell: &'a Arc<Cell<S>>,
    state: Ending<State<'a, S, N>>,
    request: Option<Box<Request>>,
}

enum State<'a, S: Method<N>, const N: usize> {
    Ready(S::Args),
    Waiting(S::Args, Box<Place<'a, S>>),
    Away(Box<Parting>),
    Over,
}

impl<S: Method<N>, const N: usize> Stages for State<'_, S, N> {
    #[inline(always)]
    fn is_over(&self) -> bool {
        matches!(self, State::Over)
    }
}

// Nothing in a push is pinned in place.
impl<S: Method<N>, const N: usize> Unpin for Push<'_, S, N> {}

impl<'a, S: Method<N>, const N: usize> Push<'a, S, N> {
    #[inline(always)]
    pub(super) fn new(cell: &'a Arc<Cell<S>>, arguments: Option<S::Args>, request: Option<Box<Request>>) -> Self {
        Push { cell, state: Ending::new(arguments.map_or(State::Over, State::Ready)), request }
    }

    /// Sends now or says why not.
    pub(super) fn now(mut self) -> Result<(), NotRun> {
        let Some(arguments) = self.take_arguments() else { panic!("a push was sent after it had ended") };
        let why = match send(self.cell, arguments, self.request.as_deref(), invoke::<S, N>, None) {
            Ok(()) => return Ok(()),
            Err(Unsent::Full(full)) => {
                if let Some(envelope) = &full.envelope {
                    envelope.report(Ended::Failure);
                }
                NotRun::Full { limit: full.limit }
            }
            Err(Unsent::Refused(why)) => why,
            // what is not waited for was tried at once
            Err(Unsent::Parting(_)) => return Ok(()),
        };
        ended_unsent::<S, N>(self.cell, &why);
        Err(why)
    }

    /// The arguments, if the push has not begun.
    #[inline(always)]
    fn take_arguments(&mut self) -> Option<S::Args> {
        let State::Ready(arguments) = &*self.state else { return None };
        // SAFETY: as in `Call::take_arguments`, and for the same reason.
        unsafe {
            let arguments = ptr::read(arguments);
            ptr::write(&raw mut *self.state, State::Over);
            Some(arguments)
        }
    }

    #[inline(always)]
    fn after(&mut self, sent: Result<(), Unsent<S::Args>>, cx: &mut Context<'_>) -> Poll<Result<(), NotRun>> {
        match sent {
            Ok(()) => Poll::Ready(Ok(())),
            Err(Unsent::Refused(why)) => {
                ended_unsent::<S, N>(self.cell, &why);
                Poll::Ready(Err(why))
            }
            Err(Unsent::Full(full)) => {
                let place = Place::take(self.cell, &full, cx);
                *self.state = State::Waiting(full.arguments, place);
                Poll::Pending
            }
            Err(Unsent::Parting(parting)) => self.poll_away(parting, cx),
        }
    }

    #[cold]
    fn poll_away(&mut self, mut parting: Box<Parting>, cx: &mut Context<'_>) -> Poll<Result<(), NotRun>> {
        let polled = parting.poll(self.cell.kind.runtime(), cx);
        *self.state = if polled.is_ready() { State::Over } else { State::Away(parting) };
        polled
    }

    /// Tries once more to get the message into the mailbox.
    #[cold]
    fn try_again(
        &mut self,
        arguments: S::Args,
        mut place: Box<Place<'a, S>>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), NotRun>> {
        if let Err(why) = place.check(cx) {
            ended_unsent::<S, N>(self.cell, &why);
            return Poll::Ready(Err(why));
        }
        let wait = Wait { waker: cx.waker(), ticket: place.ticket(), before: place.envelope() };
        match send(self.cell, arguments, self.request.as_deref(), invoke::<S, N>, Some(wait)) {
            Err(Unsent::Full(full)) => {
                place.renew(&full);
                *self.state = State::Waiting(full.arguments, place);
                Poll::Pending
            }
            sent => {
                place.leave_sent();
                self.after(sent, cx)
            }
        }
    }
}

impl<S: Method<N>, const N: usize> Future for Push<'_, S, N> {
    type Output = Result<(), NotRun>;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if local::with(|local| local.charge(cx)).is_pending() {
            return Poll::Pending;
        }
        let this = self.get_mut();
        if let Some(arguments) = this.take_arguments() {
            let wait = Wait { waker: cx.waker(), ticket: None, before: None };
            let sent = send(this.cell, arguments, this.request.as_deref(), invoke::<S, N>, Some(wait));
            return this.after(sent, cx);
        }
        match std::mem::replace(&mut *this.state, State::Over) {
            State::Waiting(arguments, place) => this.try_again(arguments, place, cx),
            State::Away(parting) => this.poll_away(parting, cx),
            State::Ready(_) | State::Over => panic!("a push was polled after it had ended"),
        }
    }
}

enum Unsent<A> {
    Full(Box<Full<A>>),
    Refused(NotRun),
    /// It goes to another node.
    Parting(Box<Parting>),
}

#[inline(always)]
fn send<S, const N: usize, I, F>(
    cell: &Arc<Cell<S>>,
    arguments: S::Args,
    request: Option<&Request>,
    _invoke: I,
    wait: Option<Wait<'_>>,
) -> Result<(), Unsent<S::Args>>
where
    S: Method<N>,
    I: Fn(*const Cell<S>, S::Args) -> F + Copy,
    F: Future<Output = Result<S::Reply, S::Error>> + Send,
{
    let mut envelope = if request.is_some() || cell.kind.needs_checks() || !cell.is_well() {
        let way = cell.way(request);
        let envelope = envelope_for(cell, request, false, way).map_err(Unsent::Refused)?;
        if way == Way::Away {
            let parting = away::tell::<S, N>(cell, arguments, envelope, wait.is_some()).map_err(Unsent::Refused)?;
            return parting.map_or(Ok(()), |parting| Err(Unsent::Parting(parting)));
        }
        if let Some(stand_in) = cell.kind.stand_in() {
            return stand_in.hear::<N>(arguments).map_err(Unsent::Refused);
        }
        envelope
    } else {
        None
    };
    if is_observed(&cell.kind) {
        observe_tell::<S, N>(cell, &mut envelope, wait);
    }
    let deadline = envelope.as_ref().and_then(|envelope| envelope.deadline);
    if let Err(why) = cell.check_pace(deadline) {
        envelope.inspect(|envelope| envelope.report(Ended::Failure));
        return Err(Unsent::Refused(why));
    }
    let payload = S::weight(&arguments);
    let fits_slot = const { size_of::<S::Args>() <= SMALL && align_of::<S::Args>() <= align_of::<usize>() };
    if fits_slot && const { !S::REDELIVER } && payload == 0 && envelope.is_none() {
        let mut slot = [0usize; 2];
        // SAFETY: the arguments fit the slot in size and alignment.
        unsafe { ptr::write(slot.as_mut_ptr().cast::<S::Args>(), arguments) };
        let item = Item::Small(const { &Typed::<S, N, I, F>::VTABLE }, slot);
        return match enqueue(cell, item, size_of::<S::Args>() as u64, wait) {
            Enqueued::Sent => Ok(()),
            Enqueued::Full { ticket, limit } => {
                // SAFETY: not sent: the slot is still ours.
                let arguments = unsafe { ptr::read(slot.as_ptr().cast()) };
                Err(Unsent::Full(Box::new(Full { arguments, ticket, deadline, limit, envelope: None })))
            }
            Enqueued::TooLarge(why) => {
                // SAFETY: as above.
                drop(unsafe { ptr::read(slot.as_ptr().cast::<S::Args>()) });
                Err(Unsent::Refused(why))
            }
        };
    }
    // what would go into a slot counts as it does there
    let is_small = fits_slot && payload == 0 && request.is_none();
    let weight = if is_small { 0 } else { size_of::<S::Args>() + payload };
    let frame = local::with(Typed::<S, N, I, F>::allocate);
    // SAFETY: a fresh block; header and arguments are written before it is sent.
    unsafe {
        let reply = Reply::new(None, false);
        Typed::<S, N, I, F>::write_header(frame, reply, weight.try_into().unwrap_or(u32::MAX), envelope);
        ptr::write(&raw mut (*frame).body.arguments, ManuallyDrop::new(arguments));
    }
    let header: *mut Header = frame.cast();
    match enqueue(cell, Item::Frame(header), weight as u64, wait) {
        Enqueued::Sent => Ok(()),
        Enqueued::Full { ticket, limit } => {
            // SAFETY: not sent: the frame is still ours, with the arguments in it.
            let (envelope, arguments) = unsafe { (left_outside(header), take_back::<S, N, F>(header)) };
            Err(Unsent::Full(Box::new(Full { arguments, ticket, deadline, limit, envelope })))
        }
        Enqueued::TooLarge(why) => {
            // SAFETY: as above.
            drop(unsafe { take_back::<S, N, F>(header) });
            Err(Unsent::Refused(why))
        }
    }
}
