use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use consort::prelude::*;

use crate::counter::Counter;

/// Counts this thread's allocations.
struct Counting;

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: forwards to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = COUNT.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[tokio::test]
async fn the_status_of_an_idle_actor_allocates_nothing() {
    let node = Node::builder().serve::<Counter>().start().await.unwrap();
    let counter = node.get::<Counter>(("acme", "orders"));
    counter.add(0).await.unwrap();
    let before = COUNT.get();
    assert!(counter.status().is_running());
    assert_eq!(COUNT.get() - before, 0);
}

#[tokio::test]
async fn an_uncontended_ask_allocates_nothing() {
    let node = Node::builder().serve::<Counter>().start().await.unwrap();
    let counter = node.get::<Counter>(("acme", "orders"));
    for _ in 0..100 {
        counter.add(0).await.unwrap();
    }
    let before = COUNT.get();
    for _ in 0..1000 {
        counter.add(0).await.unwrap();
    }
    assert_eq!(COUNT.get() - before, 0);
}
