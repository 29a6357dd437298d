//! How calls run in one process: order, mailboxes, deadlines, what goes with a call. One subject a file.

extern crate consort_runtime as consort;

mod allocations;
mod bare;
mod calls;
mod circles;
mod circles_at_random;
mod cut_short;
mod cycles;
mod deadlines;
mod dropped_tells;
mod dynamic_calls;
mod hooks_that_ask;
mod mailbox;
mod order;
mod players;

#[path = "../shared/counter.rs"]
mod counter;
#[path = "../shared/worker.rs"]
mod worker;
