//! The lanes of a link, between connections: order, windows, answers.
//!
//! A session begins with a link's first connection and ends when either side does, or when they were apart for too
//! long. Both sides have one, made of the same lanes. Each lane has a sending half ([`Outbound`]), behind one lock with
//! the asks that wait for answers, and a receiving half ([`Inbound`]), whose lock is held while records are served, so
//! that they are served in order. Locks are taken in this order: receiving half, bodies, sending half.

mod bodies;
mod inbound;
mod lane;
mod outbound;
mod parking;
mod post;
mod receiving;
mod room;
mod scratch;
mod sending;
mod serving;
mod session_type;
mod slots;

pub(super) use inbound::Broken;
pub(super) use outbound::Stale;
pub(super) use parking::NotTold;
pub(super) use room::Ticket;
pub(super) use scratch::Scratch;
pub(super) use sending::NoRoom;
pub(super) use session_type::{Session, Side};
pub(super) use slots::Asked;
