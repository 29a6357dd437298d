//! Keeps the order of what is sent to an actor while its slot moves: `docs/sharding.md` says how, and why it does.
//!
//! ```text
//!  to send ─► Gate of the slot ─► link to the owner, or …
//!               └─ shut: a queue, until the former owner has answered a flush
//!               └─ open: what is for actors without room queues all the same
//!  came in ─► Hold of the slot ─► mailboxes
//!               └─ until the slot is open
//! ```
//!
//! A slot of which nothing queues has no task and costs one read. Otherwise a task attends to it until that is so
//! again.

mod attending;
mod crowds;
mod entering;
mod flushing;
mod gate;
mod job;
mod sending;
mod way;
mod ways;

pub(crate) use crowds::{Actor, Wait, Waits};
pub(crate) use entering::{Entering, LetIn};
pub(crate) use job::{Ask, Course, Step, Tell};
pub(crate) use ways::Ways;
