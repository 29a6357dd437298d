//! The asker's side of a call that is on its way.

use std::marker::PhantomData;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use tokio::runtime::Handle;

use crate::client::Ended;
use crate::engine::alarm::Alarm;
use crate::engine::envelope::Envelope;
use crate::engine::frame::{Frame, Header, Outcome};
use crate::engine::reply::Left;
use crate::error::{NotRun, Unknown};
use crate::service::Method;

/// Waits for the outcome of a frame. Dropping it leaves the handler to run.
pub(crate) struct Asking<S: Method<N>, const N: usize> {
    header: *mut Header,
    pub(in crate::engine) envelope: Option<Arc<Envelope>>,
    alarm: Option<Alarm>,
    _outcome: PhantomData<fn() -> S>,
}

// SAFETY: the frame behind the pointer holds arguments, a future and an outcome, all Send by the bounds of `Method`.
unsafe impl<S: Method<N>, const N: usize> Send for Asking<S, N> {}

impl<S: Method<N>, const N: usize> Asking<S, N> {
    /// Waits for a frame that was sent, or parked, with the waker of `cx` in it.
    pub(in crate::engine) fn new(
        header: *mut Header,
        deadline: Option<Instant>,
        runtime: &Handle,
        cx: &mut Context<'_>,
    ) -> Self {
        let alarm = deadline.map(|deadline| Alarm::set(runtime, deadline, cx));
        // SAFETY: the frame lives until this side or the owner frees it, and the owner leaves the envelope alone.
        let envelope = unsafe { (*header).envelope.clone() };
        Asking { header, envelope, alarm, _outcome: PhantomData }
    }

    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Outcome<S, N>> {
        let polled = self.look(cx);
        if let Poll::Ready(outcome) = &polled {
            self.observe_end(Some(outcome));
        }
        polled
    }

    fn look(&mut self, cx: &mut Context<'_>) -> Poll<Outcome<S, N>> {
        // SAFETY: the frame is there until its outcome was taken or this side left.
        if unsafe { (*self.header).reply.poll(cx.waker()) } {
            return Poll::Ready(self.take());
        }
        let rings = self.alarm.as_mut().is_some_and(|alarm| alarm.rings(cx));
        if rings { Poll::Ready(self.time_out()) } else { Poll::Pending }
    }

    fn take(&mut self) -> Outcome<S, N> {
        // SAFETY: the frame is done: it is ours, read once, then freed.
        unsafe {
            let outcome = Frame::<S::Args, (), Outcome<S, N>>::take_outcome(self.header);
            ((*self.header).vtable.recycle)(self.header);
            self.header = std::ptr::null_mut();
            outcome
        }
    }

    fn time_out(&mut self) -> Outcome<S, N> {
        // SAFETY: as in `poll`.
        let left = unsafe { (*self.header).reply.leave(true) };
        if left == Left::Done {
            return self.take();
        }
        self.header = std::ptr::null_mut();
        self.end_wait();
        // its message or handler may be there for long: the breaker must not wait for it
        if let Some(envelope) = &self.envelope {
            envelope.report(Ended::Failure);
        }
        match left {
            Left::Running => Err(Unknown::TimedOut.into()),
            Left::Done | Left::Waiting => Err(NotRun::Expired.into()),
        }
    }

    fn end_wait(&self) {
        if let Some(envelope) = &self.envelope {
            envelope.end_wait();
        }
    }
}

impl<S: Method<N>, const N: usize> Drop for Asking<S, N> {
    fn drop(&mut self) {
        if self.header.is_null() {
            return;
        }
        self.end_wait();
        self.observe_end(None);
        // SAFETY: the frame is still there; when it is done it is ours to free.
        unsafe {
            if (*self.header).reply.leave(false) == Left::Done {
                ((*self.header).vtable.free)(self.header);
            }
        }
    }
}
