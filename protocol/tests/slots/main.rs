//! The rules of slots: where keys live, whose slots are, and how they move.
//!
//! A failing property prints the smallest case it found and its seed; `PROPTEST_RNG_SEED=<seed>` repeats the run,
//! `PROPTEST_CASES=<number>` makes it longer.

mod bytes;
mod handoff;
mod handoff_course;
mod hash;
mod lease;
mod propose;
#[path = "../rules/seed.rs"]
mod seed;
mod table;
mod voters;
mod world;
