//! Load on one engine: callers in a closed loop, and what it cost.

mod callers;
mod client;
mod cpu;
mod figures;

pub use client::Client;
pub use figures::Figures;
