//! The rules of every decision, as tables and as properties over random courses of events.
//!
//! A failing property prints the smallest course it found and its seed; `PROPTEST_RNG_SEED=<seed>` repeats the run,
//! `PROPTEST_CASES=<number>` makes it longer.

mod activations;
mod bonds;
mod breaker;
mod budget;
mod dependencies;
mod health;
mod hello;
mod lanes;
mod poison;
mod reconcile;
mod retry;
mod scaling;
mod seed;
mod supervisor_course;
mod supervisor_operator;
mod supervisor_table;
mod time;
mod tree;
