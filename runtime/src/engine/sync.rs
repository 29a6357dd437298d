//! The atomics of the engine: loom's under `--cfg consort_loom`, the standard library's otherwise.

#[cfg(consort_loom)]
pub(crate) use loom::{
    cell::UnsafeCell,
    hint::spin_loop,
    sync::atomic::{AtomicU32, Ordering},
    thread::yield_now,
};
#[cfg(not(consort_loom))]
pub(crate) use std::{
    hint::spin_loop,
    sync::atomic::{AtomicU32, Ordering},
    thread::yield_now,
};

/// Keeps the thread, and off the memory, for some microseconds. The length of a pause differs by a factor of ten from
/// one processor to the next, so this goes by the clock.
#[cfg(not(consort_loom))]
pub(crate) fn wait_out(micros: u64) {
    let start = std::time::Instant::now();
    while start.elapsed() < std::time::Duration::from_micros(micros) {
        (0..8).for_each(|_| spin_loop());
    }
}

/// As above; in a model there is no clock.
#[cfg(consort_loom)]
pub(crate) fn wait_out(_: u64) {
    spin_loop();
}

/// The standard library's cell behind loom's interface.
#[cfg(not(consort_loom))]
#[derive(Default)]
pub(crate) struct UnsafeCell<T>(std::cell::UnsafeCell<T>);

#[cfg(not(consort_loom))]
impl<T> UnsafeCell<T> {
    #[inline(always)]
    pub(crate) const fn new(value: T) -> Self {
        UnsafeCell(std::cell::UnsafeCell::new(value))
    }

    /// Hands out the pointer; the caller answers for exclusive use.
    #[inline(always)]
    pub(crate) fn with_mut<R>(&self, f: impl FnOnce(*mut T) -> R) -> R {
        f(self.0.get())
    }
}
