//! Sending: inline where the actor is idle and it is right, through the mailbox otherwise.

use std::mem::ManuallyDrop;
use std::ptr;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use tracing::Span;

use super::asking::Asking;
use super::away::{self, Way};
use super::cell::Cell;
use super::cx::Cx;
use super::envelope::{Afar, Envelope};
use super::frame::{Header, Outcome, Typed, TypedFrame};
use super::line::Site;
use super::local::{self, Local};
use super::losses::Begun;
use super::mail::{Item, Limits};
use super::observe::{self, is_observed};
use super::occupant::Occupant;
use super::repeated::kept_of;
use super::reply::Reply;
use super::room::{Full, Place, Wait};
use super::run::{Turn, panic_message};
use super::scope::{self, Scope};
use super::spin::own_after_a_wait;
use super::word::{MAIL, SIGNAL, WAITERS};
use crate::client::{Ended, ended};
use crate::error::{CallError, NotRun, Unknown};
use crate::health::Sign;
use crate::service::{ActivationId, LifeState, Method, Service};
use crate::supervision::ExitReason;

/// What a caller asked for beyond the call itself.
#[derive(Clone, Default)]
pub(crate) struct Request {
    pub(crate) deadline: Option<Instant>,
    pub(crate) only: Option<ActivationId>,
    pub(crate) idempotency: Option<u128>,
    /// Of a call that came from another node.
    pub(crate) afar: Option<Arc<Afar>>,
}

/// What became of the first attempt to ask.
pub(super) enum Asked<S: Method<N>, const N: usize> {
    Ready(Outcome<S, N>),
    /// It is on its way; the frame answers.
    Waiting(Asking<S, N>),
    /// It went to another node, which answers.
    Away(Box<away::Away<S, N>>),
    /// The task's budget is used up: it will be woken to try again.
    Again(S::Args),
    /// No room: the task will be woken when there is.
    Full(Box<Full<S::Args>>),
}

/// Runs a handler of `cell`; the caller owns the cell and keeps it alive until the future is dropped.
pub(super) fn invoke<S: Method<N>, const N: usize>(
    cell: *const Cell<S>,
    arguments: S::Args,
) -> impl Future<Output = Result<S::Reply, S::Error>> + Send {
    // SAFETY: the owner of the cell starts the handler with a live instance and polls it only while it owns the cell,
    // so the exclusive borrow is real for as long as the future lives.
    let (instance, cx) = unsafe { ((*(*cell).instance.get()).as_mut().unwrap_unchecked(), Cx::of(&*cell)) };
    S::call(instance, cx, arguments)
}

/// Asks; from its place in the line, if it waited for room before.
#[inline(always)]
pub(super) fn ask<S: Method<N>, const N: usize>(
    cell: &Arc<Cell<S>>,
    arguments: S::Args,
    request: Option<&Request>,
    before: Option<&Place<'_, S>>,
    cx: &mut Context<'_>,
) -> Asked<S, N> {
    // SAFETY: used on this thread alone, and it needs no drop.
    let local = unsafe { &*local::pointer() };
    if local.charge(cx).is_pending() {
        return Asked::Again(arguments);
    }
    if is_observed(&cell.kind) {
        return observe::ask(local, cell, arguments, request, before, cx);
    }
    let plain = request.is_none() && fits::<S, N>(cell, &arguments);
    if plain && may_run_inline(local, cell, true) && cell.word.try_own() {
        return run_inline(local, cell, arguments, None, invoke::<S, N>, cx);
    }
    let ticket = before.and_then(Place::ticket);
    ask_slow(local, cell, arguments, request, ticket, None, invoke::<S, N>, cx)
}

/// Whether the arguments would ever fit the mailbox: what would not is refused when it is queued, so it is not run
/// inline either. Of small arguments without heap the compiler knows the answer.
#[inline(always)]
pub(super) fn fits<S: Method<N>, const N: usize>(cell: &Cell<S>, arguments: &S::Args) -> bool {
    let payload = S::weight(arguments);
    let small = const { size_of::<S::Args>() as u64 <= Limits::BYTES_MIN };
    (small && payload == 0) || (size_of::<S::Args>() + payload) as u64 <= cell.kind.limits.bytes
}

/// Whether a handler may run on this stack: room for it, the right runtime; and for a plain call,
/// nothing to hand on and nothing to pass.
#[inline(always)]
pub(super) fn may_run_inline<S: Service>(local: &Local, cell: &Cell<S>, plain: bool) -> bool {
    if const { !S::INFO.inline || S::INFO.blocking } {
        return false;
    }
    // SAFETY: set by a scope further down this stack.
    let fits = unsafe { local.scope().as_ref() }.is_none_or(|s| s.has_room() && !(plain && s.is_timed()));
    let home = cell.kind.home();
    fits && !(plain && home.guarded) && local.is_in_runtime(home.runtime)
}

#[inline(always)]
pub(super) fn run_inline<S, const N: usize, I, F>(
    local: &Local,
    cell: &Arc<Cell<S>>,
    arguments: S::Args,
    envelope: Option<Arc<Envelope>>,
    invoke: I,
    cx: &mut Context<'_>,
) -> Asked<S, N>
where
    S: Method<N>,
    I: Fn(*const Cell<S>, S::Args) -> F + Copy,
    F: Future<Output = Result<S::Reply, S::Error>> + Send,
{
    cell.touch();
    let waker = super::driver::waker_of(cell);
    let mut actor_cx = Context::from_waker(&waker);
    let id = envelope.as_deref().and_then(|envelope| envelope.idempotency);
    let site = Site::of::<S, N>();
    let scope = Scope::new(Arc::as_ptr(cell) as *const dyn Occupant, site, local.scope(), envelope);
    let frame = Typed::<S, N, I, F>::allocate(local);
    let polled = scope.enter(local, || {
        // SAFETY: the frame is ours and empty.
        unsafe { Typed::<S, N, I, F>::poll_first(frame, || invoke(Arc::as_ptr(cell), arguments), &mut actor_cx) }
    });
    match polled {
        Ok(Poll::Ready(out)) => {
            // SAFETY: the body is empty, the header was never written.
            unsafe { Typed::<S, N, I, F>::release(local, frame) };
            if let Some(id) = id {
                cell.acquit(scope.given());
                cell.remember(S::NAME, id, || kept_of::<S, N>(&out));
            }
            scope.end(Ended::Success);
            finish(cell);
            Asked::Ready(ManuallyDrop::into_inner(out).map_err(CallError::App))
        }
        Ok(Poll::Pending) => Asked::Waiting(leave_suspended::<S, N, I, F>(cell, frame, &scope, cx)),
        Err(payload) => {
            // SAFETY: the body is empty, the header was never written.
            unsafe { Typed::<S, N, I, F>::release(local, frame) };
            let message = panic_message(payload);
            cell.on_panic(&Begun { method: S::NAME, told: false, id }, &message);
            scope.end(Ended::Failure);
            cell.crash(ExitReason::Panic(message.clone().into()));
            give_back_slow(cell);
            Asked::Ready(Err(Unknown::Panicked { message }.into()))
        }
    }
}

/// Gives an owned cell back after a handler, and looks at what came meanwhile.
#[inline(always)]
fn finish<S: Service>(cell: &Arc<Cell<S>>) {
    if !cell.is_live() || !cell.word.try_release() {
        finish_slow(cell);
    }
}

#[cold]
#[inline(never)]
fn finish_slow<S: Service>(cell: &Arc<Cell<S>>) {
    cell.saw(Sign::Progress);
    give_back_slow(cell);
}

#[cold]
#[inline(never)]
fn give_back_slow<S: Service>(cell: &Arc<Cell<S>>) {
    if !cell.release() {
        cell.work_off();
    }
}

#[inline(never)]
fn leave_suspended<S, const N: usize, I, F>(
    cell: &Arc<Cell<S>>,
    frame: *mut TypedFrame<S, N, F>,
    scope: &Scope,
    cx: &mut Context<'_>,
) -> Asking<S, N>
where
    S: Method<N>,
    I: Fn(*const Cell<S>, S::Args) -> F + Copy,
    F: Future<Output = Result<S::Reply, S::Error>> + Send,
{
    let envelope = scope.envelope().cloned();
    if let Some(envelope) = &envelope {
        envelope.list_wait(cell);
    }
    let deadline = envelope.as_ref().and_then(|envelope| envelope.deadline);
    // SAFETY: the body holds the future, the header is written here.
    unsafe { Typed::<S, N, I, F>::write_header(frame, Reply::new(Some(cx.waker().clone()), true), 0, envelope) };
    let header: *mut Header = frame.cast();
    cell.park(header);
    if cell.suspend() == Turn::Again {
        cell.schedule();
    }
    Asking::new(header, deadline, cell.kind.runtime(), cx)
}

/// Asks where the fast path ends; in a span, if there is one.
#[cold]
#[inline(never)]
#[expect(clippy::too_many_arguments, reason = "the continuation of a function that was inlined")]
pub(super) fn ask_slow<S, const N: usize, I, F>(
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
    let way = cell.way();
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
    if way == Way::Away {
        return away::ask(cell, arguments, envelope).map_or_else(|why| Asked::Ready(Err(why.into())), Asked::Away);
    }
    if way == Way::Here && fits::<S, N>(cell, &arguments) && own_for_inline(local, cell) {
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
        return run_inline(local, cell, arguments, envelope, invoke, cx);
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
pub(super) unsafe fn left_outside(header: *mut Header) -> Option<Arc<Envelope>> {
    // SAFETY: the caller's promise.
    let envelope = unsafe { (*header).envelope.clone() };
    envelope.inspect(|envelope| envelope.leave())
}

/// The arguments out of a frame that was not sent; the frame is freed.
///
/// # Safety
/// The frame holds its header and arguments and nobody else knows it.
pub(super) unsafe fn take_back<S: Method<N>, const N: usize, F>(header: *mut Header) -> S::Args {
    // SAFETY: the caller's promise.
    unsafe {
        let frame = header.cast::<TypedFrame<S, N, F>>();
        let arguments = ManuallyDrop::take(&mut (*frame).body.arguments);
        ((*header).vtable.recycle)(header);
        arguments
    }
}

/// The checks every call passes that does not take the fast path, and the envelope it needs, if any.
pub(super) fn envelope_for<S: Service>(
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
        if cell.kind.is_closing() && scope.is_none() {
            return Err(NotRun::ShuttingDown);
        }
        let deadline = request.and_then(|request| request.deadline);
        let mut envelope = match scope.filter(|_| asks) {
            Some(scope) => scope.envelope_for_ask(deadline),
            None if request.is_none() && entrance.is_none() => return Ok(None),
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
        // last: what is refused for another reason is no attempt
        envelope.pass = entrance.map(|entrance| entrance.admit(|| cell.target(), is_here)).transpose()?;
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
pub(super) enum Enqueued {
    Sent,
    /// No room. With somebody to wait, it has a ticket and is woken when there is.
    Full {
        ticket: Option<u64>,
        limit: u32,
    },
    TooLarge(NotRun),
}

/// Puts a message into the mailbox and makes somebody run it. On anything but `Sent` the item is still the caller's.
pub(super) fn enqueue<S: Service>(cell: &Arc<Cell<S>>, item: Item, weight: u64, wait: Option<Wait<'_>>) -> Enqueued {
    let limits = cell.kind.limits;
    if weight > limits.bytes {
        return Enqueued::TooLarge(NotRun::TooLarge { size: weight, limit: limits.bytes });
    }
    let weight = if matches!(item, Item::Small(..)) { 0 } else { weight };
    let mail = cell.make_side().mail.get();
    let mut guard = cell.word.lock_to_send();
    // SAFETY: the guard is held until the end of this function, or dropped before the cell is scheduled.
    let mail = unsafe { &mut *mail };
    if let Err(limit) = mail.check_room(weight, limits, &cell.make_side().owner.begun) {
        cell.kind.health.note_fill(mail.messages());
        let ticket = wait.map(|wait| mail.wait(wait.ticket, wait.waker));
        if ticket.is_some() {
            cell.set_crowded(&mut guard, true);
        }
        return Enqueued::Full { ticket, limit };
    }
    mail.push(item, weight);
    if let Some(ticket) = wait.and_then(|wait| wait.ticket) {
        mail.forget(ticket);
    }
    if let Some(meters) = cell.kind.meters() {
        observe::note_fill(cell, meters, mail);
    }
    guard.bits |= MAIL;
    let owner = guard.own();
    drop(guard);
    if owner {
        cell.schedule();
    }
    Enqueued::Sent
}
