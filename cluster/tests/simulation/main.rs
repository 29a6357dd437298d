//! Whole nodes in a simulated network: faults under load, then everything heals.
//!
//! ```text
//! Faults ─► turmoil ◄─ three nodes, each with callers ─► Counter
//!                              │                            │
//!                              └─────────► History ◄────────┘ ─► rules
//! ```
//!
//! Each course prints its seed. `SEEDS=n` runs so many of them instead of the default.

mod counter;
mod course;
mod faults;
mod history;
mod load;
#[path = "../common/lossy.rs"]
mod lossy;
mod planted;
mod rules;
mod seeds;
