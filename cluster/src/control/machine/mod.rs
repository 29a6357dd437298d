//! The control plane as a state machine: what a transaction changes, and what is known of the changes before. No clock, no
//! disk, no network: every node that is told the same commands in the same order is the same.
//!
//! ```text
//! Command ──► State::apply ──► Outcome, to whoever asked
//!    ▲              └────────► Changes ──► History ──► watches
//!    └── which leases are over: `Grantor` of `protocol::cluster::lease`, by the clock of whoever leads
//! ```
//!
//! [`Replica`] is state and history shared in one process; the memory store and the Raft store are made of it.

mod command;
mod history;
mod replica;
mod state;

pub(crate) use command::{Command, Outcome};
pub(crate) use history::History;
pub(crate) use replica::Replica;
pub(crate) use state::{Image, State};
