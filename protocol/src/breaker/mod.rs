//! Whether a call to a target that keeps failing is worth trying.
//!
//! ```text
//!            too many failures             open time over
//!  Closed ───────────────────────► Open ─────────────────► HalfOpen
//!    ▲                              ▲                        │  │
//!    │                              └── a probe fails, or ───┘  │
//!    │                                  none comes back         │
//!    └──────────────── all probes succeed ──────────────────────┘
//! ```
//!
//! A call asks for a [`Permit`] and reports with it how it went. [`Breaker`] is one target, [`Breakers`] is any number
//! of them, of which only those with recent failures are remembered.

mod admission;
mod breakers;
mod config;
mod counts;
mod machine;
mod state;

pub use admission::{Admission, Outcome, Permit, Refused};
pub use breakers::Breakers;
pub use config::{BreakerConfig, Trip};
pub use machine::Breaker;
pub use state::{BreakerState, Transition};
