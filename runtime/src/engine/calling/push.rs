//! [`Push`]: a tell that waits for room in the mailbox.

use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::ptr;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::client::Ended;
use crate::engine::away::{self, Parting, Way};
use crate::engine::cell::Cell;
use crate::engine::ending::{Ending, Stages};
use crate::engine::frame::{Header, Typed, VTable};
use crate::engine::inline::invoke;
use crate::engine::local::{self, Local};
use crate::engine::mail::{Item, SMALL};
use crate::engine::observe::{ended_unsent, is_observed, observe_tell};
use crate::engine::reply::Reply;
use crate::engine::room::{Full, Place, Wait};
use crate::engine::send::{Enqueued, Request, enqueue, enqueue_small, envelope_for, left_outside, take_back};
use crate::error::NotRun;
use crate::service::Method;
use crate::telemetry::spans;

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
    /// It has ended, not on the quick way.
    Ended(Result<(), NotRun>),
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
    pub(in crate::engine) fn new(
        cell: &'a Arc<Cell<S>>,
        arguments: Option<S::Args>,
        request: Option<Box<Request>>,
    ) -> Self {
        let state = match arguments {
            Some(arguments) => State::Ready(arguments),
            None => State::Over,
        };
        Push { cell, state: Ending::new(state), request }
    }

    /// Sends now or says why not.
    pub(in crate::engine) fn now(mut self) -> Result<(), NotRun> {
        let Some(arguments) = self.take_arguments() else { panic!("a push was sent after it had ended") };
        let Err((arguments, sampled)) = self.send_small(arguments) else { return Ok(()) };
        let why = match send(self.cell, arguments, self.request.as_deref(), invoke::<S, N>, None, sampled) {
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

    /// The quick way: a small tell that needs no envelope, into a mailbox that has room. Otherwise the arguments, and
    /// whether this tell is one of those that are measured.
    #[inline(always)]
    fn send_small(&self, arguments: S::Args) -> Result<(), (S::Args, bool)> {
        let kind = &self.cell.kind;
        let sampled = kind.meters().is_some() && local::with(Local::samples);
        let plain = const { fits_slot::<S, N>() && !S::REDELIVER }
            && !(sampled | spans::are_wanted())
            && self.request.is_none()
            && !kind.needs_checks()
            && self.cell.is_well()
            && S::weight(&arguments) == 0;
        if !plain {
            return Err((arguments, sampled));
        }
        let slot = slot_of::<S, N>(arguments);
        if enqueue_small(self.cell, vtable_of::<S, N, _, _>(invoke::<S, N>), slot) {
            return Ok(());
        }
        // SAFETY: not sent: the slot is still ours.
        Err((unsafe { ptr::read(slot.as_ptr().cast()) }, sampled))
    }

    #[cold]
    #[inline(never)]
    fn send_on(&mut self, arguments: S::Args, sampled: bool, cx: &mut Context<'_>) {
        let wait = Wait { waker: cx.waker(), ticket: None, before: None };
        let sent = send(self.cell, arguments, self.request.as_deref(), invoke::<S, N>, Some(wait), sampled);
        self.after(sent, cx);
    }

    fn after(&mut self, sent: Result<(), Unsent<S::Args>>, cx: &mut Context<'_>) {
        *self.state = match sent {
            Ok(()) => State::Ended(Ok(())),
            Err(Unsent::Refused(why)) => {
                ended_unsent::<S, N>(self.cell, &why);
                State::Ended(Err(why))
            }
            Err(Unsent::Full(full)) => {
                let place = Place::take(self.cell, &full, cx);
                State::Waiting(full.arguments, place)
            }
            Err(Unsent::Parting(parting)) => return self.poll_away(parting, cx),
        };
    }

    /// What became of it, if that is known.
    #[inline(always)]
    fn take_end(&mut self) -> Poll<Result<(), NotRun>> {
        let State::Ended(end) = &*self.state else { return Poll::Pending };
        // SAFETY: as in `Call::take_arguments`.
        unsafe {
            let end = ptr::read(end);
            ptr::write(&raw mut *self.state, State::Over);
            Poll::Ready(end)
        }
    }

    /// Every poll but the first.
    #[cold]
    #[inline(never)]
    fn poll_on(&mut self, cx: &mut Context<'_>) {
        match std::mem::replace(&mut *self.state, State::Over) {
            State::Waiting(arguments, place) => self.try_again(arguments, place, cx),
            State::Away(parting) => self.poll_away(parting, cx),
            State::Ready(_) | State::Ended(_) | State::Over => panic!("a push was polled after it had ended"),
        }
    }

    #[cold]
    fn poll_away(&mut self, mut parting: Box<Parting>, cx: &mut Context<'_>) {
        *self.state = match parting.poll(self.cell.kind.runtime(), cx) {
            Poll::Ready(end) => State::Ended(end),
            Poll::Pending => State::Away(parting),
        };
    }

    /// Tries once more to get the message into the mailbox.
    fn try_again(&mut self, arguments: S::Args, mut place: Box<Place<'a, S>>, cx: &mut Context<'_>) {
        if let Err(why) = place.check(cx) {
            ended_unsent::<S, N>(self.cell, &why);
            *self.state = State::Ended(Err(why));
            return;
        }
        let wait = Wait { waker: cx.waker(), ticket: place.ticket(), before: place.envelope() };
        match send(self.cell, arguments, self.request.as_deref(), invoke::<S, N>, Some(wait), false) {
            Err(Unsent::Full(full)) => {
                place.renew(&full);
                *self.state = State::Waiting(full.arguments, place);
            }
            sent => {
                place.leave_sent();
                self.after(sent, cx);
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
        match this.take_arguments() {
            Some(arguments) => match this.send_small(arguments) {
                Ok(()) => return Poll::Ready(Ok(())),
                Err((arguments, sampled)) => this.send_on(arguments, sampled, cx),
            },
            None => this.poll_on(cx),
        }
        this.take_end()
    }
}

pub(in crate::engine) enum Unsent<A> {
    Full(Box<Full<A>>),
    Refused(NotRun),
    /// It goes to another node.
    Parting(Box<Parting>),
}

/// Whether the arguments of a method have room in a slot of a mailbox.
const fn fits_slot<S: Method<N>, const N: usize>() -> bool {
    size_of::<S::Args>() <= SMALL && align_of::<S::Args>() <= align_of::<usize>()
}

/// The arguments in a slot, which they [fit](fits_slot).
#[inline(always)]
fn slot_of<S: Method<N>, const N: usize>(arguments: S::Args) -> [usize; 2] {
    let mut slot = [0usize; 2];
    // SAFETY: they fit in size and alignment.
    unsafe { ptr::write(slot.as_mut_ptr().cast::<S::Args>(), arguments) };
    slot
}

#[inline(always)]
fn vtable_of<S, const N: usize, I, F>(_invoke: I) -> &'static VTable
where
    S: Method<N>,
    I: Fn(*const Cell<S>, S::Args) -> F + Copy,
    F: Future<Output = Result<S::Reply, S::Error>> + Send,
{
    const { &Typed::<S, N, I, F>::VTABLE }
}

pub(in crate::engine) fn send<S, const N: usize, I, F>(
    cell: &Arc<Cell<S>>,
    arguments: S::Args,
    request: Option<&Request>,
    invoke: I,
    wait: Option<Wait<'_>>,
    sampled: bool,
) -> Result<(), Unsent<S::Args>>
where
    S: Method<N>,
    I: Fn(*const Cell<S>, S::Args) -> F + Copy,
    F: Future<Output = Result<S::Reply, S::Error>> + Send,
{
    let mut envelope = if request.is_some() || cell.kind.needs_checks() || !cell.is_well() {
        let way = cell.way(request);
        let envelope = envelope_for(cell, request, false, way).map_err(Unsent::Refused)?;
        if let Way::Away(placement) = way {
            let parting = away::tell::<S, N>(cell, placement, arguments, envelope, wait.is_some());
            let parting = parting.map_err(Unsent::Refused)?;
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
        observe_tell::<S, N>(cell, &mut envelope, wait, sampled);
    }
    let deadline = envelope.as_ref().and_then(|envelope| envelope.deadline);
    if let Err(why) = cell.check_pace(deadline) {
        envelope.inspect(|envelope| envelope.report(Ended::Failure));
        return Err(Unsent::Refused(why));
    }
    let payload = S::weight(&arguments);
    let fits_slot = const { fits_slot::<S, N>() };
    if fits_slot && const { !S::REDELIVER } && payload == 0 && envelope.is_none() {
        let slot = slot_of::<S, N>(arguments);
        let item = Item::Small(vtable_of::<S, N, I, F>(invoke), slot);
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
