//! The global allocator of the benches: the system's, with counters that are off unless a case switches them on.
//!
//! Off, an allocation pays one relaxed load, the same for every engine. The counters are process-wide: one engine
//! runs at a time, on runtimes built for its run, so all that is counted between two snapshots is its own.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed};

static COUNTING: AtomicBool = AtomicBool::new(false);
static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);
static LIVE_BYTES: AtomicI64 = AtomicI64::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Counting between its creation and its drop.
pub struct Counters {
    allocations: u64,
    live_bytes: i64,
}

impl Counters {
    /// Switches counting on and remembers where the counters stand.
    pub fn start() -> Self {
        COUNTING.store(true, Relaxed);
        Self { allocations: ALLOCATIONS.load(Relaxed), live_bytes: LIVE_BYTES.load(Relaxed) }
    }

    /// Allocations and reallocations since the start.
    pub fn allocations(&self) -> u64 {
        ALLOCATIONS.load(Relaxed) - self.allocations
    }

    /// Bytes allocated since the start and not freed, as asked for: what the allocator adds to a block for itself
    /// is not in it.
    pub fn live_bytes(&self) -> i64 {
        LIVE_BYTES.load(Relaxed) - self.live_bytes
    }
}

impl Drop for Counters {
    fn drop(&mut self) {
        COUNTING.store(false, Relaxed);
    }
}

struct Counting;

fn count(allocations: u64, bytes: i64) {
    if COUNTING.load(Relaxed) {
        ALLOCATIONS.fetch_add(allocations, Relaxed);
        LIVE_BYTES.fetch_add(bytes, Relaxed);
    }
}

// SAFETY: every call is passed on unchanged to `System`; the counters do not touch the memory.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(1, layout.size() as i64);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(1, layout.size() as i64);
        // SAFETY: the caller keeps the contract of `alloc_zeroed`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count(0, -(layout.size() as i64));
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(1, size as i64 - layout.size() as i64);
        // SAFETY: the caller keeps the contract of `realloc`.
        unsafe { System.realloc(block, layout, size) }
    }
}
