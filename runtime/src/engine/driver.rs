//! The driver: the task that runs an actor whose messages nobody runs inline. There is none until it is needed.
//!
//! Once spawned it is kept, parked, with a weak reference only; the strong reference that keeps the cell alive while
//! it is scheduled is handed over by [`Cell::schedule`].
//!
//! ```text
//!   RUNNING ──wake──► WOKEN        (a handler is being polled; it will be polled again)
//!   RUNNING ──suspend──► SUSPENDED ──wake──► CLAIMED ──┬─ SCHEDULED ──its driver──► RUNNING
//!                                                       └─ another's driver ──────► RUNNING
//! ```
//!
//! A driver also takes over the first cell that its handlers schedule on their thread, and runs it next: a chain of
//! tells costs no task switch. The steps of all of them count against one slice. Such a cell stays `CLAIMED`, so that
//! its own driver, should it be polled meanwhile, leaves it alone.

use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};

use super::cell::Cell;
use super::local::{self, Job, Local};
use super::run::Turn;
use super::slice::Slice;
use crate::service::Service;

const RUNNING: u8 = 0;
const WOKEN: u8 = 1;
const SUSPENDED: u8 = 2;
const SCHEDULED: u8 = 3;
const CLAIMED: u8 = 4;

impl<S: Service> Cell<S> {
    /// Makes the driver run. The caller owns the cell and gives it away.
    pub(super) fn schedule(self: &Arc<Self>) {
        self.wake.store(CLAIMED, Ordering::Release);
        self.launch();
    }

    /// An inline caller found messages when it gave the cell back: it runs a few itself, because a switch to the driver
    /// would make all that come meanwhile wait as well. The caller owns the cell and gives it away.
    pub(super) fn work_off(self: &Arc<Self>) {
        local::with(|local| {
            // not below a handler or a driver: their stack has no room for more of the same
            if local.scope().is_null() && !local.is_driving() {
                drive(self, Arc::into_raw(self.clone()).cast(), local, &mut Slice::short(local));
            } else {
                self.schedule();
            }
        });
    }

    /// Runs `f` as the owner if a handler or an operation is suspended, which is polled once more afterwards.
    pub(super) fn interrupt(self: &Arc<Self>, f: impl FnOnce()) {
        if self.wake.compare_exchange(SUSPENDED, CLAIMED, Ordering::AcqRel, Ordering::Acquire).is_ok() {
            f();
            self.launch();
        }
    }

    fn launch(self: &Arc<Self>) {
        // whoever runs the cell takes this count over
        let cell: *const () = Arc::into_raw(self.clone()).cast();
        let job = Job { cell, run: run_job::<S> };
        let next = const { S::INFO.inline && !S::INFO.blocking };
        if !(next && local::with(|local| local.offer(self.kind.runtime_id(), job))) {
            self.wake_driver();
        }
    }

    /// Leaves the cell, and the count of its launch, to its driver.
    fn wake_driver(self: &Arc<Self>) {
        self.wake.store(SCHEDULED, Ordering::Release);
        match self.make_side().driver.get() {
            Some(driver) => driver.wake_by_ref(),
            None => self.spawn_driver(),
        }
    }

    #[cold]
    fn spawn_driver(self: &Arc<Self>) {
        let driver = Driver { cell: Arc::downgrade(self), once: S::INFO.blocking, polled: false };
        let runtime = self.kind.runtime();
        if S::INFO.blocking {
            let inner = runtime.clone();
            runtime.spawn_blocking(move || inner.block_on(driver));
        } else {
            runtime.spawn(driver);
        }
    }

    #[inline(always)]
    pub(super) fn wake_state_running(&self) {
        if self.wake.load(Ordering::Relaxed) != RUNNING {
            self.wake.store(RUNNING, Ordering::Release);
        }
    }

    /// An inline call has the cell, and nothing is known to wait behind it.
    pub(super) fn is_passing(&self) -> bool {
        self.word.is_passing() && self.wake.load(Ordering::Relaxed) == RUNNING
    }

    /// False if it was woken since it was polled: then the caller still owns the cell.
    #[inline(always)]
    pub(super) fn try_suspend(&self) -> bool {
        self.wake.compare_exchange(RUNNING, SUSPENDED, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// Makes the driver look at the cell again, if a handler or an operation waits in it.
    pub(super) fn on_wake(self: &Arc<Self>) {
        loop {
            let (from, to) = match self.wake.load(Ordering::Acquire) {
                RUNNING => (RUNNING, WOKEN),
                SUSPENDED => (SUSPENDED, CLAIMED),
                _ => return,
            };
            if self.wake.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire).is_ok() {
                if to == CLAIMED {
                    self.launch();
                }
                return;
            }
        }
    }
}

struct Driver<S: Service> {
    cell: Weak<Cell<S>>,
    /// Ends when there is nothing to do, instead of parking.
    once: bool,
    polled: bool,
}

impl<S: Service> Driver<S> {
    fn rest(&self) -> Poll<()> {
        if self.once { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl<S: Service> Future for Driver<S> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.polled = true;
        let Some(cell) = self.cell.upgrade() else { return Poll::Ready(()) };
        if !self.once {
            cell.make_side().driver.get_or_init(|| cx.waker().clone());
        }
        if cell.wake.load(Ordering::Acquire) != SCHEDULED {
            return self.rest();
        }
        local::with(|local| {
            let mut slice = Slice::new(local);
            if const { !S::INFO.inline || S::INFO.blocking } {
                // SAFETY: the count that `launch` left for whoever sees SCHEDULED.
                return unsafe { run_job::<S>(Arc::as_ptr(&cell).cast(), &mut slice) };
            }
            // the count that `launch` left for whoever sees SCHEDULED
            drive(&cell, Arc::as_ptr(&cell).cast(), local, &mut slice);
        });
        self.rest()
    }
}

/// Runs a launched cell whose count is `count`, and the jobs that its handlers leave.
fn drive<S: Service>(cell: &Cell<S>, count: *const (), local: &Local, slice: &mut Slice<'_>) {
    local.drive(cell.kind.runtime_id(), || {
        // SAFETY: the count of a launch, given away once.
        unsafe { run_job::<S>(count, slice) };
        // who is woken may be the next job
        while let Some(job) = local.take_next() {
            // SAFETY: the job owns its count; each is run once.
            unsafe { (job.run)(job.cell, slice) };
        }
    });
}

/// Runs a scheduled cell; what is left of its work after the slice is its own driver's.
///
/// # Safety
/// `cell` came from `Arc::into_raw` of a `Cell<S>` that is launched; its count goes to this call.
unsafe fn run_job<S: Service>(cell: *const (), slice: &mut Slice<'_>) {
    // SAFETY: the caller's promise.
    let cell = unsafe { Arc::from_raw(cell.cast::<Cell<S>>()) };
    if !slice.is_over() {
        cell.wake_state_running();
        // SAFETY: a job owns its cell until `run` says otherwise.
        unsafe { cell.desk() }.withheld.resume(slice.local());
        if cell.run(slice) != Turn::Again {
            slice.local().wake_answered();
            return;
        }
        // SAFETY: as above.
        unsafe { cell.desk() }.withheld.keep(slice.local());
    }
    // the count goes to its driver, which may be done before the call returns
    let kept = cell.clone();
    let _ = Arc::into_raw(cell);
    kept.wake_driver();
}

impl<S: Service> Drop for Driver<S> {
    /// The runtime ends under a scheduled actor: give its count back, so that the cell ends what waits.
    fn drop(&mut self) {
        let Some(cell) = self.cell.upgrade() else { return };
        let holds_it = !(self.once && self.polled);
        if holds_it && cell.wake.load(Ordering::Acquire) == SCHEDULED {
            // SAFETY: the count that `launch` left for whoever sees SCHEDULED.
            drop(unsafe { Arc::from_raw(Arc::as_ptr(&cell)) });
        }
    }
}

/// The waker of an actor is its cell.
struct ActorWaker<S>(std::marker::PhantomData<S>);

impl<S: Service> ActorWaker<S> {
    const VTABLE: RawWakerVTable = RawWakerVTable::new(Self::clone, Self::wake, Self::wake_by_ref, Self::drop);

    unsafe fn clone(cell: *const ()) -> RawWaker {
        // SAFETY: the data pointer of these wakers is an `Arc<Cell<S>>`.
        unsafe { Arc::increment_strong_count(cell.cast::<Cell<S>>()) };
        RawWaker::new(cell, const { &Self::VTABLE })
    }

    unsafe fn wake(cell: *const ()) {
        // SAFETY: as above; this call owns one count.
        unsafe { Arc::from_raw(cell.cast::<Cell<S>>()) }.on_wake();
    }

    unsafe fn wake_by_ref(cell: *const ()) {
        // SAFETY: as above; the count stays with the waker.
        ManuallyDrop::new(unsafe { Arc::from_raw(cell.cast::<Cell<S>>()) }).on_wake();
    }

    unsafe fn drop(cell: *const ()) {
        // SAFETY: as above; this call owns one count.
        drop(unsafe { Arc::from_raw(cell.cast::<Cell<S>>()) });
    }
}

/// The actor's waker, borrowed: no count is taken.
#[inline(always)]
pub(super) fn waker_of<S: Service>(cell: &Arc<Cell<S>>) -> ManuallyDrop<Waker> {
    let data: *const () = Arc::as_ptr(cell).cast();
    // SAFETY: the vtable matches the data; `ManuallyDrop` keeps the count as it is.
    ManuallyDrop::new(unsafe { Waker::new(data, const { &ActorWaker::<S>::VTABLE }) })
}
