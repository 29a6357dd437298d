//! Who is well, who is suspect, who gets no calls, who is dead.
//!
//! ```text
//!            complaint              suspect for too long
//!  Healthy ───────────► Suspect ──────────────────────────► Quarantined(until)
//!     ▲  ▲   cured         │             cured                  │  │    ▲
//!     │  └─────────────────┘◄───────── (to Healthy) ────────────┘  │    │ slow, but alive
//!     │                                          no sign of life   │    │ (a longer one)
//!     │            restarted                                       ├────┘
//!     └──────────────────────────── Dead ◄─────────────────────────┘
//! ```
//!
//! The inputs are [`Sign`]s: progress deadlines missed and met, beats, probe results. Every change is a [`Transition`]
//! with its [`Cause`]. While something is quarantined nothing commands its restart, and slow is not dead: what shows
//! any sign of life is quarantined again, for longer, before it is given up.
//!
//! [`Health`] remembers only those that are not well or were not lately; [`Beats`] remembers every beating subject, and
//! is meant for kinds and nodes, not for activations.

mod beats;
mod condition;
mod config;
mod event;
mod machine;
mod patient;
mod sign;

pub use beats::{BeatConfig, Beats};
pub use condition::Condition;
pub use config::HealthConfig;
pub use event::{Cause, Command, Hold, Transition};
pub use machine::Health;
pub use sign::Sign;
