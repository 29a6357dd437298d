//! The quick way of an ask: the caller of an idle actor runs the handler itself, as the owner of the cell.
//!
//! All of it is compiled into the caller's code, and what the handler returns stays in registers. So nothing here takes
//! or returns a large enum: such a one stands in memory, and who reads it in other pieces than it was written in waits
//! until the processor has caught up, as long as the whole call takes. What is rare is left to functions of its own.

use std::any::Any;
use std::mem::ManuallyDrop;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::client::Ended;
use crate::engine::asking::Asking;
use crate::engine::cell::Cell;
use crate::engine::cx::Cx;
use crate::engine::envelope::Envelope;
use crate::engine::frame::{Handled, Header, Typed, TypedFrame};
use crate::engine::line::Site;
use crate::engine::local::Local;
use crate::engine::losses::Begun;
use crate::engine::mail::Limits;
use crate::engine::repeated::kept_of;
use crate::engine::reply::Reply;
use crate::engine::run::{Turn, panic_message};
use crate::engine::scope::Scope;
use crate::engine::send::Asked;
use crate::error::Unknown;
use crate::health::Sign;
use crate::service::{Method, Service};
use crate::supervision::ExitReason;

/// Runs a handler of `cell`; the caller owns the cell and keeps it alive until the future is dropped.
pub(in crate::engine) fn invoke<S: Method<N>, const N: usize>(
    cell: *const Cell<S>,
    arguments: S::Args,
) -> impl Future<Output = Result<S::Reply, S::Error>> + Send {
    // SAFETY: the owner of the cell starts the handler with a live instance and polls it only while it owns the cell,
    // so the exclusive borrow is real for as long as the future lives.
    let (instance, cx) = unsafe { ((*(*cell).instance.get()).as_mut().unwrap_unchecked(), Cx::of(&*cell)) };
    S::call(instance, cx, arguments)
}

/// Whether the arguments would ever fit the mailbox: what would not is refused when it is queued, so it is not run
/// inline either. Of small arguments without heap the compiler knows the answer.
#[inline(always)]
pub(in crate::engine) fn fits<S: Method<N>, const N: usize>(cell: &Cell<S>, arguments: &S::Args) -> bool {
    let payload = S::weight(arguments);
    let small = const { size_of::<S::Args>() as u64 <= Limits::BYTES_MIN };
    (small && payload == 0) || (size_of::<S::Args>() + payload) as u64 <= cell.kind.limits.bytes
}

/// Whether a handler may run on this stack: room for it, the right runtime; and for a plain call,
/// nothing to hand on and nothing to pass.
#[inline(always)]
pub(in crate::engine) fn may_run_inline<S: Service>(local: &Local, cell: &Cell<S>, plain: bool) -> bool {
    if const { !S::INFO.inline || S::INFO.blocking } {
        return false;
    }
    // SAFETY: set by a scope further down this stack.
    let fits = unsafe { local.scope().as_ref() }.is_none_or(|s| s.has_room() && !(plain && s.is_timed()));
    let home = cell.kind.home();
    fits && !(plain && home.is_guarded()) && local.is_in_runtime(home.runtime)
}

/// Runs a handler of an owned, live cell and gives the cell back; what the handler returned. `None` if it did not
/// return: then `left` gets what became of the call.
#[inline(always)]
pub(in crate::engine) fn run_inline<S, const N: usize, I, F>(
    local: &Local,
    cell: &Arc<Cell<S>>,
    arguments: S::Args,
    envelope: Option<Arc<Envelope>>,
    invoke: I,
    cx: &mut Context<'_>,
    left: impl FnOnce(Asked<S, N>, &mut Context<'_>),
) -> Option<Handled<S, N>>
where
    S: Method<N>,
    I: Fn(*const Cell<S>, S::Args) -> F + Copy,
    F: Future<Output = Result<S::Reply, S::Error>> + Send,
{
    cell.touch();
    let waker = crate::engine::driver::waker_of(cell);
    let mut actor_cx = Context::from_waker(&waker);
    let id = envelope.as_deref().and_then(|envelope| envelope.idempotency);
    let site = Site::of::<S, N>();
    let scope = Scope::new(Arc::as_ptr(cell).cast(), site, local.scope(), envelope);
    let frame = Typed::<S, N, I, F>::borrow(local);
    let span = scope.enter_span();
    let entered = scope.enter(local);
    // SAFETY: the frame is ours and empty.
    let polled =
        unsafe { Typed::<S, N, I, F>::poll_first(frame, || invoke(Arc::as_ptr(cell), arguments), &mut actor_cx) };
    drop(entered);
    drop(span);
    match polled {
        Ok(Poll::Ready(returned)) => {
            // SAFETY: the body is empty, the header was never written.
            unsafe { Typed::<S, N, I, F>::give_back(local, frame) };
            if let Some(id) = id {
                cell.acquit(scope.given());
                cell.remember(S::NAME, id, || kept_of::<S, N>(&returned));
            }
            scope.close(Ended::Success);
            finish(cell);
            Some(ManuallyDrop::into_inner(returned))
        }
        Ok(Poll::Pending) => {
            Typed::<S, N, I, F>::keep(local);
            left(Asked::Waiting(leave_suspended::<S, N, I, F>(cell, frame, scope, cx)), cx);
            None
        }
        Err(payload) => {
            // SAFETY: the body is empty, the header was never written.
            unsafe { Typed::<S, N, I, F>::give_back(local, frame) };
            left(panicked(cell, id, scope, payload), cx);
            None
        }
    }
}

/// Gives an owned cell back after a handler that ran to its end, and looks at what came meanwhile.
#[inline(always)]
fn finish<S: Service>(cell: &Arc<Cell<S>>) {
    if !cell.word.try_release() {
        finish_slow(cell);
    }
}

#[cold]
#[inline(never)]
fn finish_slow<S: Service>(cell: &Arc<Cell<S>>) {
    cell.saw(Sign::Progress);
    give_back_slow(cell);
}

/// Gives an owned cell back, and works off what came meanwhile.
#[cold]
#[inline(never)]
pub(in crate::engine) fn give_back_slow<S: Service>(cell: &Arc<Cell<S>>) {
    if !cell.release() {
        cell.work_off();
    }
}

#[inline(never)]
fn leave_suspended<S, const N: usize, I, F>(
    cell: &Arc<Cell<S>>,
    frame: *mut TypedFrame<S, N, F>,
    scope: Scope,
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

#[cold]
#[inline(never)]
fn panicked<S: Method<N>, const N: usize>(
    cell: &Arc<Cell<S>>,
    id: Option<u128>,
    scope: Scope,
    payload: Box<dyn Any + Send>,
) -> Asked<S, N> {
    let message = panic_message(payload);
    cell.on_panic(&Begun { method: S::NAME, told: false, id }, &message);
    scope.close(Ended::Failure);
    cell.crash(ExitReason::Panic(message.clone().into()));
    give_back_slow(cell);
    Asked::Ready(Err(Unknown::Panicked { message }.into()))
}
