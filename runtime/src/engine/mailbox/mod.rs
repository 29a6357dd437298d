//! What waits for an actor: its bounded queue, what is taken out of it together, and what becomes of messages that do not
//! come to their end, or come again.

pub(in crate::engine) mod batch;
pub(in crate::engine) mod burst;
pub(in crate::engine) mod insurance;
pub(in crate::engine) mod losses;
pub(in crate::engine) mod mail;
pub(in crate::engine) mod repeated;
pub(in crate::engine) mod room;
