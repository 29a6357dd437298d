//! The owner at work: parked handlers, life-cycle operations, signals, mail, in this order.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use super::alarm::Alarm;
use super::batch::weight_of;
use super::cell::Cell;
use super::envelope::Envelope;
use super::frame::{Header, deliver};
use super::life::{Operation, drop_caught};
use super::line::Site;
use super::local;
use super::losses::{Begun, fail};
use super::mail::Item;
use super::occupant::Occupant;
use super::scope::Scope;
use super::side::Side;
use super::slice::Slice;
use crate::error::{Code, NotRun, Unknown};
use crate::health::Sign;
use crate::service::{LifeState, Service};
use crate::supervision::ExitReason;
use crate::telemetry::CallEnd;

/// How a turn ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Turn {
    /// Nothing is left; the cell is released.
    Idle,
    /// A handler or an operation waits; its waker schedules the driver. The cell must not be touched.
    Suspended,
    /// There is more to do; the caller still owns the cell.
    Again,
}

/// What one step did.
pub(super) enum Step {
    Done,
    End(Turn),
}

impl<S: Service> Cell<S> {
    /// Works as the owner, for what is left of the slice at most.
    pub(super) fn run(self: &Arc<Self>, slice: &mut Slice<'_>) -> Turn {
        let waker = super::driver::waker_of(self);
        let mut cx = Context::from_waker(&waker);
        // looked up once: the pointer to it stands beside the word, whose cache line is the senders'
        let side = self.make_side();
        while slice.step() {
            if let Step::End(turn) = self.step(side, slice, &mut cx) {
                return turn;
            }
        }
        if self.release() { Turn::Idle } else { Turn::Again }
    }

    #[inline(always)]
    fn step(self: &Arc<Self>, side: &Side, slice: &mut Slice<'_>, cx: &mut Context<'_>) -> Step {
        // SAFETY: the caller owns the cell; the borrow ends here.
        let (parked, waits) = unsafe { (*self.parked.get(), (*side.owner.desk.get()).operation.is_some()) };
        if !parked.is_null() | waits | side.owner.news.signalled.load(Ordering::Relaxed) {
            return self.step_aside(parked, cx);
        }
        if !self.has_next(side) {
            return if self.release() { Step::End(Turn::Idle) } else { Step::Done };
        }
        match self.next_small(side) {
            Some(small) => self.run_burst(side, small, slice, cx),
            None => self.begin(side, cx),
        }
    }

    /// What goes ahead of mail.
    #[inline(never)]
    fn step_aside(self: &Arc<Self>, parked: *mut Header, cx: &mut Context<'_>) -> Step {
        if !parked.is_null() {
            if self.is_fenced() {
                self.end_fenced();
                return Step::Done;
            }
            // SAFETY: the caller owns the cell.
            unsafe { *self.parked.get() = ptr::null_mut() };
            return match self.condemned() {
                Some(after) => self.end_hung(parked, after),
                None => self.resume(parked, cx),
            };
        }
        let signalled = self.make_side().owner.news.signalled.load(Ordering::Relaxed);
        // SAFETY: as above; the borrow ends here.
        let gives_way = unsafe { self.desk().operation.as_ref().map(Operation::gives_way) };
        // what a signal begins takes the place of a mere wait; a signal for a live activation begins nothing
        if gives_way.is_some_and(|gives_way| !(signalled && gives_way)) {
            if signalled && self.is_fenced() {
                self.end_fenced();
                return Step::Done;
            }
            return self.operate(cx);
        }
        self.take_signal();
        Step::Done
    }

    fn resume(self: &Arc<Self>, header: *mut Header, cx: &mut Context<'_>) -> Step {
        // SAFETY: the caller owns the cell.
        let alarm = unsafe { &mut self.desk().alarm };
        let rings = alarm.as_mut().is_some_and(|alarm| alarm.rings(cx));
        if rings {
            *alarm = None;
            self.end_suspended();
            // SAFETY: parked frames hold a future.
            unsafe { self.cut_short(header, Unknown::TimedOut) };
            self.saw_here(Sign::Progress);
            return Step::Done;
        }
        self.saw_here(Sign::Alive);
        self.poll_frame(header, cx)
    }

    /// Ends a suspended handler that made no progress for so long, and its activation with it.
    #[cold]
    fn end_hung(self: &Arc<Self>, header: *mut Header, after: Duration) -> Step {
        // SAFETY: the caller owns the cell.
        unsafe { self.desk().alarm = None };
        self.end_suspended();
        // SAFETY: parked frames hold a future.
        unsafe { self.cut_short(header, Unknown::Hung { after }) };
        self.crash(ExitReason::Hung(after));
        Step::Done
    }

    fn operate(self: &Arc<Self>, cx: &mut Context<'_>) -> Step {
        // SAFETY: the caller owns the cell. The operation is taken out while it runs: it uses the desk itself.
        let Some(mut operation) = (unsafe { self.desk().operation.take() }) else { return Step::Done };
        let probes = operation.probes();
        if probes && let Some(after) = self.condemned() {
            drop_caught(operation);
            self.end_suspended();
            self.crash(ExitReason::Hung(after));
            return Step::Done;
        }
        let site = Site::of_hooks::<S>();
        let scope = Scope::of_operation(Arc::as_ptr(self).cast(), site, operation.envelope());
        self.wake_state_running();
        let polled = local::with(|local| {
            let _span = scope.enter_span();
            let _entered = scope.enter(local);
            operation.poll(cx)
        });
        if polled.is_ready() {
            self.end_suspended();
            return Step::Done;
        }
        if probes {
            self.note_suspended(site);
        }
        // SAFETY: as above.
        unsafe { self.desk().operation = Some(operation) };
        Step::End(self.suspend())
    }

    /// Begins a message that is not run in a burst.
    #[inline(never)]
    fn begin(self: &Arc<Self>, side: &Side, cx: &mut Context<'_>) -> Step {
        let header = match self.next_item(side) {
            Some(Item::Frame(header)) if self.is_live() => header,
            Some(item) => return self.begin_without_instance(item),
            None => return Step::Done,
        };
        self.touch();
        // SAFETY: queued frames hold arguments and their header is written.
        unsafe {
            if let Err(why) = self.admit(header) {
                self.refuse(&Item::Frame(header), why);
                return Step::Done;
            }
            if let Some(refused) = self.repeat(header) {
                self.observe_told(header, CallEnd::answered(refused));
                deliver(header);
                return Step::Done;
            }
            self.insure(header);
            ((*header).vtable.start)(header, Arc::as_ptr(self).cast());
        }
        self.poll_frame(header, cx)
    }

    /// Whether a queued frame may start now.
    unsafe fn admit(&self, header: *mut Header) -> Result<(), NotRun> {
        // SAFETY: the frame's header is written; the owner may read it.
        let header = unsafe { &*header };
        if !header.reply.begin() {
            self.kind.expired();
            return Err(NotRun::Expired);
        }
        match &header.envelope {
            Some(envelope) => self.check(envelope),
            None => Ok(()),
        }
    }

    /// Whether a call with this envelope may start now, on this activation.
    pub(super) fn check(&self, envelope: &Envelope) -> Result<(), NotRun> {
        if envelope.deadline.is_some_and(|deadline| deadline <= tokio::time::Instant::now().into_std()) {
            self.kind.expired();
            return Err(NotRun::Expired);
        }
        if let Some(id) = envelope.idempotency {
            self.check_parked(id)?;
        }
        match envelope.only {
            Some(wanted) if wanted != self.activation() => {
                Err(NotRun::wrong_activation(wanted, Some(self.activation())))
            }
            _ => Ok(()),
        }
    }

    fn begin_without_instance(self: &Arc<Self>, item: Item) -> Step {
        if !self.kind.common.has_stopped() && self.is_owned_elsewhere() {
            // SAFETY: items hold arguments.
            unsafe { self.hand_over(item) };
            return Step::Done;
        }
        let refusal = match self.life() {
            _ if self.single && !self.kind.common.has_stopped() => Some(NotRun::Stopped),
            _ if self.kind.gate.is_shut() || self.kind.common.has_stopped() => self.kind.refusal(self.single),
            LifeState::Failed if !self.may_retry() => {
                Some(NotRun::Failed { error: self.make_side().board.error().unwrap_or_default() })
            }
            _ => None,
        };
        match refusal {
            // SAFETY: items hold arguments.
            Some(why) => unsafe { self.refuse(&item, why) },
            None => {
                self.make_side().owner.begun.take_back(weight_of(&item));
                let envelope = envelope_of(&item);
                // SAFETY: the caller owns the cell.
                unsafe { self.desk().batch.push_front(item) };
                self.begin_start(envelope);
            }
        }
        Step::Done
    }

    fn poll_frame(self: &Arc<Self>, header: *mut Header, cx: &mut Context<'_>) -> Step {
        self.wake_state_running();
        // SAFETY: the frame holds a future; its header is written.
        let (vtable, envelope) = unsafe { ((*header).vtable, (*header).envelope.clone()) };
        let scope = Scope::new(Arc::as_ptr(self).cast(), vtable.site, ptr::null(), envelope);
        let polled = local::with(|local| {
            let _span = scope.enter_span();
            let _entered = scope.enter(local);
            // SAFETY: as above. A panic leaves the future in the frame, to be dropped by `fail`.
            catch_unwind(AssertUnwindSafe(|| unsafe { (vtable.poll)(header, cx) }))
        });
        match polled {
            Ok(Poll::Ready(refused)) => {
                self.clear_alarm(&scope);
                self.end_suspended();
                self.saw_here(Sign::Progress);
                self.acquit(scope.given());
                // SAFETY: the outcome is in the frame.
                unsafe {
                    self.observe_told(header, CallEnd::answered(refused));
                    self.keep(header);
                    deliver(header);
                }
                Step::Done
            }
            Ok(Poll::Pending) => {
                self.park(header);
                Step::End(self.suspend())
            }
            Err(payload) => {
                self.clear_alarm(&scope);
                self.end_suspended();
                let message = panic_message(payload);
                // SAFETY: the future is in the frame.
                unsafe {
                    self.observe_told(header, CallEnd::Failed(Code::PANICKED));
                    self.on_panic(&Begun::in_frame(header), &message);
                    fail(header, Unknown::Panicked { message: message.clone() });
                }
                self.crash(ExitReason::Panic(message.into()));
                Step::Done
            }
        }
    }

    fn clear_alarm(&self, scope: &Scope) {
        if scope.is_timed() {
            // SAFETY: the caller owns the cell.
            unsafe { self.desk().alarm = None };
        }
    }

    /// Keeps a suspended handler, with its alarm if it has a deadline. Owner only.
    pub(super) fn park(self: &Arc<Self>, header: *mut Header) {
        // SAFETY: the header is written, the caller owns the cell.
        unsafe {
            *self.parked.get() = header;
            self.note_suspended((*header).vtable.site);
            let deadline = (*header).envelope.as_ref().and_then(|envelope| envelope.deadline);
            if let Some(deadline) = deadline {
                let desk = self.desk();
                if desk.alarm.is_none() {
                    let waker = super::driver::waker_of(self);
                    let mut cx = Context::from_waker(&waker);
                    desk.alarm = Some(Alarm::set(self.kind.runtime(), deadline, &mut cx));
                }
            }
        }
    }

    /// Leaves a parked handler or operation behind. The cell is not ours any more when it says `Suspended`.
    pub(super) fn suspend(self: &Arc<Self>) -> Turn {
        self.settle_before_rest();
        if self.try_suspend() { Turn::Suspended } else { Turn::Again }
    }
}

fn envelope_of(item: &Item) -> Option<Arc<Envelope>> {
    match item {
        // SAFETY: queued frames have their header written.
        Item::Frame(header) => unsafe { (**header).envelope.clone() },
        Item::Small(..) => None,
    }
}

/// What a panic said.
pub(crate) fn panic_message(payload: Box<dyn std::any::Any + Send>) -> Box<str> {
    match payload.downcast::<String>() {
        Ok(message) => message.into_boxed_str(),
        Err(payload) => match payload.downcast::<&'static str>() {
            Ok(message) => (*message).into(),
            Err(_) => "a panic without a message".into(),
        },
    }
}
