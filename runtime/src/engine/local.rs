//! What a thread keeps for the engine: free blocks, the scope of the running handler, its line, tokio's budget.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::ptr;
use std::task::{Context, Poll, Waker};

use super::line::{self, Line};
use super::scope::Scope;
use super::slice::Slice;
use crate::telemetry::Thread;

/// Block sizes of the free lists, in bytes: a frame of a small handler is 64 to 128.
const SIZES: [usize; 5] = [64, 96, 128, 192, 384];
/// Blocks kept per size and thread: 128 × 864 bytes at most, about what 128 suspended handlers need.
const KEEP: u32 = 128;
/// Every block is aligned for any frame.
pub(crate) const ALIGN: usize = 16;
/// Calls charged to tokio's cooperative budget as one: a call is about a sixteenth of a channel operation.
const CALLS_PER_UNIT: u32 = 16;

/// The thread's own part of the engine.
pub(crate) struct Local {
    free: [Cell<*mut u8>; SIZES.len()],
    /// Blocks in the free list, and those that are borrowed.
    owned: [Cell<u32>; SIZES.len()],
    calls: Cell<u32>,
    /// Who runs. Listed before the thread runs its first handler, until it ends.
    line: Line,
    task: Cell<Option<tokio::task::Id>>,
    runtime: Cell<Option<tokio::runtime::Id>>,
    driving: Cell<Option<tokio::runtime::Id>>,
    next: Cell<Option<Job>>,
    /// Who has an answer and is not woken yet.
    answered: ManuallyDrop<Cell<Vec<Waker>>>,
    counting: Thread,
}

/// A scheduled cell whose type is forgotten.
#[derive(Clone, Copy)]
pub(crate) struct Job {
    /// From `Arc::into_raw`: the count goes with the job.
    pub(crate) cell: *const (),
    /// Runs it for what is left of the slice at most.
    pub(crate) run: unsafe fn(*const (), &mut Slice<'_>),
}

thread_local! {
    static LOCAL: Local = const { Local::new() };
    static SWEEP: Sweep = Sweep::begin();
}

/// Runs `f` with the thread's part of the engine.
#[inline(always)]
pub(crate) fn with<R>(f: impl FnOnce(&Local) -> R) -> R {
    LOCAL.with(f)
}

/// The thread's part of the engine, for a function that is to be inlined whole: the closures of [`with`] may not be.
#[inline(always)]
pub(crate) fn pointer() -> *const Local {
    LOCAL.with(ptr::from_ref)
}

/// From now on there may be something to free when the thread ends, and others see what it runs. False if it is ending
/// already.
#[inline(always)]
fn sweep_at_end() -> bool {
    SWEEP.try_with(|_| ()).is_ok()
}

/// Frees the thread's blocks and unlists its line when it ends. [`Local`] itself needs no drop: so it can be reached at
/// any time, without a look whether it is still there.
struct Sweep;

impl Sweep {
    fn begin() -> Self {
        // SAFETY: the line stands still in the thread's own memory, and is unlisted when this is dropped.
        with(|local| unsafe { line::list(&local.line) });
        Sweep
    }
}

impl Drop for Sweep {
    fn drop(&mut self) {
        with(Local::free_all);
    }
}

const fn class_of(size: usize) -> usize {
    let mut class = 0;
    while class < SIZES.len() && size > SIZES[class] {
        class += 1;
    }
    class
}

fn layout_of(class: usize, size: usize) -> Layout {
    let size = if class < SIZES.len() { SIZES[class] } else { size };
    // SAFETY: the alignment is a power of two and no frame comes near isize::MAX bytes.
    unsafe { Layout::from_size_align_unchecked(size, ALIGN) }
}

/// A block for a `T` that is to leave this thread's stack, from the thread's free list where it has one.
#[inline(always)]
pub(crate) fn take_block<T>(local: &Local) -> *mut T {
    let block = borrow_block(local);
    keep_block::<T>(local);
    block
}

/// A block for a `T` for as long as a function runs, which ends with [`return_block`] or [`keep_block`].
#[inline(always)]
pub(crate) fn borrow_block<T>(local: &Local) -> *mut T {
    const { assert!(align_of::<T>() <= ALIGN, "a handler's future may be aligned to 16 bytes at most") };
    let class = const { class_of(size_of::<T>()) };
    if class < SIZES.len() {
        let block = local.free[class].get();
        if !block.is_null() {
            // SAFETY: a free block's first word is the next free block; only this thread sees the list.
            local.free[class].set(unsafe { *block.cast::<*mut u8>() });
            return block.cast();
        }
        local.count_fresh(class);
    }
    fresh_block(class, size_of::<T>()).cast()
}

/// A block that was borrowed is not going to be returned.
#[inline(always)]
pub(crate) fn keep_block<T>(local: &Local) {
    let class = const { class_of(size_of::<T>()) };
    if class < SIZES.len() {
        local.owned[class].set(local.owned[class].get() - 1);
    }
}

/// Returns what [`borrow_block`] gave.
///
/// # Safety
/// `block` came from `borrow_block::<T>()` on this thread, is returned once, and its content is dropped already.
#[inline(always)]
pub(crate) unsafe fn return_block<T>(local: &Local, block: *mut T) {
    let class = const { class_of(size_of::<T>()) };
    if class < SIZES.len() && local.owned[class].get() <= KEEP {
        // SAFETY: the block is ours and at least a word long.
        unsafe { *block.cast::<*mut u8>() = local.free[class].get() };
        local.free[class].set(block.cast());
        return;
    }
    keep_block::<T>(local);
    // SAFETY: allocated with this layout by `fresh_block`.
    unsafe { dealloc(block.cast(), layout_of(class, size_of::<T>())) };
}

#[cold]
fn fresh_block(class: usize, size: usize) -> *mut u8 {
    // who has a block of one of the classes was here before
    sweep_at_end();
    let layout = layout_of(class, size);
    // SAFETY: the layout is not empty: every frame has a header.
    let block = unsafe { alloc(layout) };
    if block.is_null() {
        handle_alloc_error(layout);
    }
    block
}

/// Gives back what [`take_block`] gave, or what was kept, on whatever thread.
///
/// # Safety
/// `block` came from one of the two as a `T`, is given back once, and its content is dropped already.
#[inline(always)]
pub(crate) unsafe fn give_block<T>(local: &Local, block: *mut T) {
    let class = const { class_of(size_of::<T>()) };
    if class < SIZES.len() {
        local.count_fresh(class);
    }
    // SAFETY: the caller's promise; it is this thread's from now on.
    unsafe { return_block(local, block) }
}

impl Local {
    /// Frees what is kept and keeps nothing from now on.
    fn free_all(&self) {
        drop(self.answered.take());
        line::unlist(&self.line);
        self.counting.retire();
        for class in 0..SIZES.len() {
            let mut block = self.free[class].replace(ptr::null_mut());
            while !block.is_null() {
                // SAFETY: the list holds blocks of this class that nobody else knows.
                unsafe {
                    let next = *block.cast::<*mut u8>();
                    dealloc(block, layout_of(class, 0));
                    block = next;
                }
            }
            // what is borrowed from now on is more than it may keep
            self.owned[class].set(KEEP);
        }
    }

    /// One block more is the thread's, which it keeps or has borrowed.
    #[inline(always)]
    fn count_fresh(&self, class: usize) {
        let owned = self.owned[class].get();
        if owned == 0 {
            // a thread that is ending owns as many as it may keep: see `free_all`
            sweep_at_end();
        }
        self.owned[class].set(owned + 1);
    }
}

impl Local {
    const fn new() -> Self {
        Local {
            free: [const { Cell::new(ptr::null_mut()) }; SIZES.len()],
            owned: [const { Cell::new(0) }; SIZES.len()],
            calls: Cell::new(0),
            line: Line::new(),
            task: Cell::new(None),
            runtime: Cell::new(None),
            driving: Cell::new(None),
            next: Cell::new(None),
            answered: ManuallyDrop::new(Cell::new(Vec::new())),
            counting: Thread::new(),
        }
    }

    /// Which stripe of counters this thread writes.
    #[inline]
    pub(crate) fn stripe(&self) -> usize {
        self.counting.number(sweep_at_end)
    }

    /// Whether this call is one of those that are measured.
    #[inline]
    pub(crate) fn samples(&self) -> bool {
        self.counting.samples()
    }

    /// How many calls that one stands for.
    pub(crate) fn weight(&self) -> u64 {
        self.counting.weight()
    }

    /// Runs a driver of the runtime `id`, which takes the [`Job`]s over that are offered meanwhile.
    pub(crate) fn drive(&self, id: tokio::runtime::Id, driver: impl FnOnce()) {
        // a handler may enter another runtime, with drivers of its own
        let before = (self.driving.replace(Some(id)), self.next.take());
        self.wake_answered();
        driver();
        self.driving.set(before.0);
        self.next.set(before.1);
    }

    /// A driver runs on this thread.
    pub(crate) fn is_driving(&self) -> bool {
        self.driving.get().is_some()
    }

    /// Leaves a job to the driver that this thread runs in the runtime `id`: it comes next. False if there is no such
    /// driver, or another job is next already.
    pub(crate) fn offer(&self, id: tokio::runtime::Id, job: Job) -> bool {
        if self.driving.get() != Some(id) || self.next.get().is_some() {
            return false;
        }
        self.next.set(Some(job));
        true
    }

    /// Wakes who has an answer: now, or with others when the driver that runs on this thread says so.
    pub(crate) fn answer(&self, waker: Waker) {
        if self.driving.get().is_none() || !sweep_at_end() {
            return waker.wake();
        }
        let mut answered = self.answered.take();
        answered.push(waker);
        self.answered.set(answered);
    }

    /// Who has an answer: they are the caller's to wake.
    pub(crate) fn take_answered(&self) -> Vec<Waker> {
        self.answered.take()
    }

    /// Goes on with those who had an answer before.
    pub(crate) fn set_answered(&self, answered: Vec<Waker>) {
        self.answered.replace(answered).into_iter().for_each(Waker::wake);
    }

    /// Wakes all who have an answer.
    #[inline(always)]
    pub(crate) fn wake_answered(&self) {
        // SAFETY: this thread's alone, and the borrow ends here.
        if unsafe { !(*self.answered.as_ptr()).is_empty() } {
            self.wake_some();
        }
    }

    #[inline(never)]
    fn wake_some(&self) {
        let mut answered = self.answered.take();
        answered.drain(..).for_each(Waker::wake);
        // a wake-up may drop a task, whose drop may run anything
        let meanwhile = self.answered.replace(answered);
        meanwhile.into_iter().for_each(Waker::wake);
    }

    /// The job that was left.
    pub(crate) fn take_next(&self) -> Option<Job> {
        self.next.take()
    }

    /// The scope of the handler this thread polls right now; null outside handlers.
    #[inline(always)]
    pub(crate) fn scope(&self) -> *const Scope {
        self.line.scope()
    }

    /// What the thread says of itself. [Listed](Local::attend), or the thread is ending, when it runs something.
    #[inline(always)]
    pub(super) fn line(&self) -> &Line {
        &self.line
    }

    /// The thread may run handlers from now on: others see what it runs.
    #[inline]
    pub(in crate::engine) fn attend(&self) {
        sweep_at_end();
    }

    /// Charges one call to tokio's cooperative budget, amortised; pending when the task should yield.
    #[inline(always)]
    pub(crate) fn charge(&self, cx: &mut Context<'_>) -> Poll<()> {
        let calls = self.calls.get() + 1;
        if calls < CALLS_PER_UNIT {
            self.calls.set(calls);
            return Poll::Ready(());
        }
        self.charge_unit(cx)
    }

    #[cold]
    fn charge_unit(&self, cx: &mut Context<'_>) -> Poll<()> {
        match tokio::task::coop::poll_proceed(cx) {
            Poll::Ready(progress) => {
                progress.made_progress();
                self.calls.set(0);
                Poll::Ready(())
            }
            Poll::Pending => {
                // the next attempt asks tokio again at once
                self.calls.set(CALLS_PER_UNIT);
                Poll::Pending
            }
        }
    }

    /// Whether this thread polls inside the runtime `id`.
    ///
    /// A task's id is unique and a task never changes its runtime, so the answer is remembered per task. The
    /// future of `block_on` has no task id: there the runtime is looked up each time.
    #[inline(always)]
    pub(crate) fn is_in_runtime(&self, id: tokio::runtime::Id) -> bool {
        let task = tokio::task::try_id();
        if task.is_some() && task == self.task.get() {
            return self.runtime.get() == Some(id);
        }
        self.look_up_runtime(task) == Some(id)
    }

    #[inline(never)]
    fn look_up_runtime(&self, task: Option<tokio::task::Id>) -> Option<tokio::runtime::Id> {
        let runtime = tokio::runtime::Handle::try_current().ok().map(|handle| handle.id());
        self.task.set(task);
        self.runtime.set(runtime);
        runtime
    }
}
