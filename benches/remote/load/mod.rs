//! Load on one engine: callers in a closed loop, and what it cost.

mod callers;
mod client;
mod connected;
pub mod cpu;
mod figures;

pub use client::Client;
pub use connected::Connected;
pub use figures::Figures;
