//! The decisions of Consort as pure state machines on virtual time.
//!
//! Nothing in this crate reads a clock, draws a random number, waits, sends or spawns. A machine is told what happened,
//! when, and with which [`Chance`](time::Chance); it says what is to be done. So the same decisions run in one process
//! and in a cluster, and a test of an hour takes a microsecond.
//!
//! ```text
//!                 handle_*(input, now, chance)
//!  executor ────────────────────────────────────► machine
//!     ▲                                              │
//!     └── poll_command() / what handle_* returns ◄───┤
//!     └── poll_timeout(): when to call ◄─────────────┘
//!         handle_timeout(now) at the latest
//! ```
//!
//! Moments never go back, and what happened is reported in the order in which it did. What is said of a healthy
//! subject is never remembered where subjects may be millions. Maps are ordered, so the same inputs give the same
//! outputs in the same order.
//!
//! | module | decides |
//! |---|---|
//! | [`supervision`] | what is restarted when something ends, and who else is told |
//! | [`health`] | who gets calls, who is quarantined, who is dead |
//! | [`breaker`] | whether a call to a failing target is tried |
//! | [`retry`] | whether a failed call is tried again |
//! | [`dependencies`] | in which order services start and stop, who waits for whom |
//! | [`reconcile`] | which wanted services have to be started |
//! | [`scaling`] | how many members a pool has |
//! | [`cluster`] | what nodes decide together: members, slots, leases, and the frames between them |
//! | [`time`] | what all of them share: moments, chance, back-off, intensity |

pub mod breaker;
pub mod cluster;
pub mod dependencies;
pub mod health;
pub mod reconcile;
pub mod retry;
pub mod scaling;
pub mod supervision;
pub mod time;
