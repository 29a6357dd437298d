//! The rules of membership, as tables and as properties.
//!
//! A failing property prints the smallest course it found and its seed; `PROPTEST_RNG_SEED=<seed>` repeats the run.

#[path = "../rules/seed.rs"]
mod seed;

mod addresses;
mod bytes;
mod cast;
mod joining;
mod roster;
mod snapshot;
