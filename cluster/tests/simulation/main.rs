//! Whole nodes in a simulated network: faults under load, then everything heals.
//!
//! ```text
//! Faults ─► World ─┬─► three machines, each with a node and callers ─► Counter
//!                  └─► turmoil                 │                         │
//!                                              └──────► History ◄────────┘ ─► rules
//! ```
//!
//! Each course prints its seed, and has a process of its own in which that seed is all it depends on. `SEEDS=n` runs so
//! many of them instead of the default.

mod bell;
mod bonds;
mod counter;
mod course;
mod faults;
mod history;
mod life;
mod load;
#[path = "../common/lossy.rs"]
mod lossy;
mod machine;
mod outcomes;
mod planted;
mod rules;
mod seeded;
mod seeds;
mod world;
