//! The same seed, the same course: what is drawn comes from the seed, and how late it is from the simulation.
//!
//! A course has a process of its own, in which those functions of the system are replaced that would tell it apart from
//! another run. That is done on Linux only: elsewhere two courses of a seed are like each other, and not the same.

#[cfg(target_os = "linux")]
mod cores;
mod cryptography;
mod draws;
mod log;
mod process;
mod time;

pub use log::{begin_log, set_turn};
pub use process::{Outcome, alone, begin, run_alone};
pub use time::set_time;
