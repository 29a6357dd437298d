//! Sending where the quick way ([`inline`](crate::engine::inline)) is not open: inline all the same where the actor is idle and
//! it is right, through the mailbox otherwise.

use std::mem::ManuallyDrop;
use std::ptr;
use std::sync::Arc;
use std::task::Context;
use std::time::Instant;

use tracing::Span;

use crate::client::{Ended, ended};
use crate::engine::asking::Asking;
use crate::engine::away::{self, Way};
use crate::engine::cell::Cell;
use crate::engine::envelope::{Afar, Envelope};
use crate::engine::frame::{Handled, Header, Outcome, Typed, TypedFrame, VTable};
use crate::engine::inline::{fits, give_back_slow, invoke, may_run_inline, run_inline};
use crate::engine::local::Local;
use crate::engine::mail::Item;
use crate::engine::observe::{self, is_observed};
use crate::engine::reply::Reply;
use crate::engine::room::{Full, Place, Wait};
use crate::engine::scope::{self, Scope};
use crate::engine::spin::own_after_a_wait;
use crate::engine::word::{MAIL, SIGNAL, WAITERS};
use crate::error::{CallError, NotRun};
use crate::service::{ActivationId, LifeState, Method, Service};

/// What a caller asked for beyond the call itself.
#[derive(Clone, Default)]
pub(crate) struct Request {
    pub(crate) deadline: Option<Instant>,
    pub(crate) only: Option<ActivationId>,
    pub(crate) idempotency: Option<u128>,
    pub(crate) origin: Origin,
    /// Of a call that came from another node: whose it is, where anybody's.
    pub(crate) afar: Option<Arc<Afar>>,
}

/// From where a call came.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Origin {
    /// From this node: it goes where its actor lives.
    #[default]
    Here,
    /// From another node, which knows that the actor lives here: it is not sent on.
    Afar,
    /// The same, but it was handed to this node under a handler of its own. The stack may be deep already, so it waits
    /// in the mailbox.
    AfarAndNested,
}

impl Request {
    /// It came from another node, and nothing came with it.
    pub(in crate::engine) fn is_plain(&self) -> bool {
        let Request { deadline, only, idempotency, origin, afar } = self;
        *origin == Origin::Afar && deadline.is_none() && only.is_none() && idempotency.is_none() && afar.is_none()
    }
}

/// What became of the first attempt to ask.
pub(in crate::engine) enum Asked<S: Method<N>, const N: usize> {
    Ready(Outcome<S, N>),
    /// It is on its way; the frame answers.
    Waiting(Asking<S, N>),
    /// It went to another node, which answers.
    Away(Box<away::Away<S, N>>),
    /// No room: the task will be woken when there is.
    Full(Box<Full<S::Args>>),
}

impl<S: Method<N>, const N: usize> Asked<S, N> {
    /// The handler returned this.
    pub(in crate::engine) fn returned(returned: Handled<S, N>) -> Self {
        Asked::Ready(returned.map_err(CallError::App))
    }
}

/// Asks, whatever stands in the way; from its place in the line, if it waited for room before. `sampled`: it is one of
/// the calls that are measured.
#[cold]
#[inline(never)]
pub(in crate::engine) fn ask<S: Method<N>, const N: usize>(
    local: &Local,
    cell: &Arc<Cell<S>>,
    arguments: S::Args,
    request: Option<&Request>,
    before: Option<&Place<'_, S>>,
    sampled: bool,
    cx: &mut Context<'_>,
) -> Asked<S, N> {
    if is_observed(&cell.kind) {
        return observe::ask(local, cell, arguments, request, before, sampled, cx);
    }
    let ticket = before.and_then(Place::ticket);
    ask_slow(local, cell, arguments, request, ticket, None, invoke::<S, N>, cx)
}

/// Asks unobserved, or in the span that was made for it.
#[cold]
#[inline(never)]
#[expect(clippy::too_many_arguments, reason = "the continuation of a function that was inlined")]
pub(in crate::engine) fn ask_slow<S, const N: usize, I, F>(
    local: &Local,
    cell: &Arc<Cell<S>>,
    arguments: S::Args,
    request: Option<&Request>,
    ticket: Option<u64>,
    span: Option<Box<Span>>,
    invoke: I,
    cx: &mut Context<'_>,
) -> Asked<S, N>
where
    S: Method<N>,
    I: Fn(*const Cell<S>, S::Args) -> F + Copy,
    F: Future<Output = Result<S::Reply, S::Error>> + Send,
{
    let way = cell.way(request);
    let envelope = match envelope_for(cell, request, true, way) {
        Ok(envelope) => observe::within(span, envelope),
        Err(why) => return Asked::Ready(Err(why.into())),
    };
    if let Some(stand_in) = cell.kind.stand_in() {
        let outcome = stand_in.play::<N>(arguments);
        if let Some(envelope) = &envelope {
            envelope.report(ended(&outcome));
        }
        return Asked::Ready(outcome);
    }
    if let Way::Away(placement) = way {
        return away::ask(cell, placement, arguments, envelope)
            .map_or_else(|why| Asked::Ready(Err(why.into())), Asked::Away);
    }
    let is_nested = request.is_some_and(|request| request.origin == Origin::AfarAndNested);
    if way == Way::Here && !is_nested && fits::<S, N>(cell, &arguments) && own_for_inline(local, cell) {
        if let Some(Err(why)) = envelope.as_deref().map(|envelope| cell.check(envelope)) {
            give_back_slow(cell);
            return Asked::Ready(Err(why.into()));
        }
        if let Some(outcome) = envelope.as_deref().and_then(|envelope| cell.answer_again::<N>(envelope)) {
            envelope.inspect(|envelope| envelope.end(ended(&outcome)));
            give_back_slow(cell);
            return Asked::Ready(outcome);
        }
        if let Some(envelope) = &envelope {
            cell.insure_ask::<N>(envelope, &arguments);
        }
        let mut left = None;
        let returned = run_inline(local, cell, arguments, envelope, invoke, cx, |asked, _| left = Some(asked));
        return returned.map(Asked::returned).or(left).expect("it returned or was left");
    }
    let deadline = envelope.as_ref().and_then(|envelope| envelope.deadline);
    if let Err(why) = cell.check_pace(deadline) {
        envelope.inspect(|envelope| envelope.report(Ended::Failure));
        return Asked::Ready(Err(why.into()));
    }
    if let Some(Err(why)) = envelope.as_ref().map(|envelope| envelope.wait_for(cell.clone())) {
        return Asked::Ready(Err(why.into()));
    }
    let weight = size_of::<S::Args>() + S::weight(&arguments);
    let frame = Typed::<S, N, I, F>::allocate(local);
    // SAFETY: a fresh block; header and arguments are written before it is sent.
    unsafe {
        let reply = Reply::new(Some(cx.waker().clone()), false);
        Typed::<S, N, I, F>::write_header(frame, reply, weight.try_into().unwrap_or(u32::MAX), envelope);
        ptr::write(&raw mut (*frame).body.arguments, ManuallyDrop::new(arguments));
    }
    let header: *mut Header = frame.cast();
    match enqueue(cell, Item::Frame(header), weight as u64, Some(Wait { waker: cx.waker(), ticket, before: None })) {
        Enqueued::Sent => Asked::Waiting(Asking::new(header, deadline, cell.kind.runtime(), cx)),
        Enqueued::Full { ticket, limit } => {
            // SAFETY: it was not sent: the frame is still ours, with the arguments in it.
            let (envelope, arguments) = unsafe { (left_outside(header), take_back::<S, N, F>(header)) };
            Asked::Full(Box::new(Full { arguments, ticket, deadline, limit, envelope }))
        }
        Enqueued::TooLarge(why) => {
            // SAFETY: as above.
            drop(unsafe { take_back::<S, N, F>(header) });
            Asked::Ready(Err(why.into()))
        }
    }
}

/// The envelope of a frame that found no room: whoever waits for that is not inside yet.
///
/// # Safety
/// The frame holds its header and nobody else knows it.
pub(in crate::engine) unsafe fn left_outside(header: *mut Header) -> Option<Arc<Envelope>> {
    // SAFETY: the caller's promise.
    let envelope = unsafe { (*header).envelope.clone() };
    envelope.inspect(|envelope| envelope.leave())
}

/// The arguments out of a frame that was not sent; the frame is freed.
///
/// # Safety
/// The frame holds its header and arguments and nobody else knows it.
pub(in crate::engine) unsafe fn take_back<S: Method<N>, const N: usize, F>(header: *mut Header) -> S::Args {
    // SAFETY: the caller's promise.
    unsafe {
        let frame = header.cast::<TypedFrame<S, N, F>>();
        let arguments = ManuallyDrop::take(&mut (*frame).body.arguments);
        ((*header).vtable.recycle)(header);
        arguments
    }
}

/// The checks every call passes that does not take the fast path, and the envelope it needs, if any.
pub(in crate::engine) fn envelope_for<S: Service>(
    cell: &Arc<Cell<S>>,
    request: Option<&Request>,
    asks: bool,
    way: Way,
) -> Result<Option<Arc<Envelope>>, NotRun> {
    let is_here = way == Way::Here;
    let refusal = if is_here { cell.kind.refusal(cell.single).or_else(|| cell.quarantine()) } else { cell.kind.end() };
    if let Some(why) = refusal {
        return Err(why);
    }
    if let Some(id) = request.and_then(|request| request.idempotency).filter(|_| is_here) {
        cell.check_parked(id)?;
    }
    let entrance = cell.kind.callers.entrance();
    scope::current(|scope| {
        let is_for_a_handler = scope.is_some() || request.is_some_and(|request| request.afar.is_some());
        if cell.kind.is_closing() && !is_for_a_handler {
            return Err(NotRun::ShuttingDown);
        }
        let deadline = request.and_then(|request| request.deadline);
        let mut envelope = match scope.filter(|_| asks) {
            Some(scope) => scope.envelope_for_ask(deadline),
            None if request.is_none_or(Request::is_plain) && entrance.is_none() => return Ok(None),
            None if asks => Envelope::of_ask(None, None, deadline),
            // a plain tell does not carry its sender
            None => Envelope::of_tell(scope.filter(|_| request.is_some()).map(Scope::occupant), deadline),
        };
        envelope.only = request.and_then(|request| request.only);
        envelope.idempotency = request.and_then(|request| request.idempotency);
        envelope.afar = request.and_then(|request| request.afar.clone());
        if envelope.deadline.is_some_and(|deadline| deadline <= tokio::time::Instant::now().into_std()) {
            cell.kind.expired();
            return Err(NotRun::Expired);
        }
        // last: what is refused for another reason is no attempt; and the circuit is that of the caller's node
        let is_from_here = request.is_none_or(|request| request.origin == Origin::Here);
        envelope.pass =
            entrance.map(|entrance| entrance.admit(|| cell.target().filter(|_| is_from_here), is_here)).transpose()?;
        Ok(Some(Arc::new(envelope)))
    })
}

/// Owns an idle cell for an inline run, starting its activation if that takes no waiting.
fn own_for_inline<S: Service>(local: &Local, cell: &Arc<Cell<S>>) -> bool {
    if !may_run_inline(local, cell, false) {
        return false;
    }
    if cell.word.try_own() || own_after_a_wait(cell) {
        return true;
    }
    if cell.single || !matches!(cell.life(), LifeState::NotStarted | LifeState::Stopped) {
        return false;
    }
    {
        let mut guard = cell.word.lock();
        if guard.bits & (MAIL | SIGNAL | WAITERS) != 0 || !guard.own() {
            return false;
        }
    }
    let may_start = || !cell.kind.gate.is_shut() && !cell.is_owned_elsewhere();
    if cell.is_live() || (may_start() && cell.start_at_once() && cell.is_live()) {
        return true;
    }
    give_back_slow(cell);
    false
}

/// What became of a message.
pub(in crate::engine) enum Enqueued {
    Sent,
    /// No room. With somebody to wait, it has a ticket and is woken when there is.
    Full {
        ticket: Option<u64>,
        limit: u32,
    },
    TooLarge(NotRun),
}

/// Puts a small tell into a mailbox that has room; false, and nothing is done, if it has none.
#[inline(always)]
pub(in crate::engine) fn enqueue_small<S: Service>(
    cell: &Arc<Cell<S>>,
    vtable: &'static VTable,
    slot: [usize; 2],
) -> bool {
    let (limits, meters, side) = (cell.kind.limits, cell.kind.meters(), cell.make_side());
    let guard = cell.word.lock_to_send();
    // SAFETY: the guard is held.
    let mail = unsafe { &mut *side.mail.get() };
    if mail.check_room(0, limits, &side.owner.begun).is_err() {
        return false;
    }
    mail.admit(0);
    if let Some(meters) = meters {
        observe::note_fill(cell, meters, mail);
    }
    cell.hand_in(side, guard, Item::Small(vtable, slot));
    true
}

/// Puts a message into the mailbox and makes somebody run it. On anything but `Sent` the item is still the caller's.
pub(in crate::engine) fn enqueue<S: Service>(
    cell: &Arc<Cell<S>>,
    item: Item,
    weight: u64,
    wait: Option<Wait<'_>>,
) -> Enqueued {
    let limits = cell.kind.limits;
    if weight > limits.bytes {
        return Enqueued::TooLarge(NotRun::TooLarge { size: weight, limit: limits.bytes });
    }
    let weight = if matches!(item, Item::Small(..)) { 0 } else { weight };
    let side = cell.make_side();
    let mut guard = cell.word.lock_to_send();
    // SAFETY: the guard is held.
    let mail = unsafe { &mut *side.mail.get() };
    if let Err(limit) = mail.check_room(weight, limits, &side.owner.begun) {
        cell.kind.health.note_fill(mail.messages());
        let ticket = wait.map(|wait| mail.wait(wait.ticket, wait.waker));
        if ticket.is_some() {
            cell.set_crowded(&mut guard, true);
        }
        return Enqueued::Full { ticket, limit };
    }
    mail.admit(weight);
    if let Some(ticket) = wait.and_then(|wait| wait.ticket) {
        mail.forget(ticket);
    }
    if let Some(meters) = cell.kind.meters() {
        observe::note_fill(cell, meters, mail);
    }
    cell.hand_in(side, guard, item);
    Enqueued::Sent
}
