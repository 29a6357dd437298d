//! Frames and msgpack: as they are written, as they are read, and what is refused.
//!
//! A failing property prints the smallest frame it found and its seed; `PROPTEST_RNG_SEED=<seed>` repeats the run,
//! `PROPTEST_CASES=<number>` makes it longer.

mod any;
mod golden;
mod hostile;
mod limits;
mod msgpack;
mod page;
mod round_trip;
#[path = "../rules/seed.rs"]
mod seed;
mod skew;
