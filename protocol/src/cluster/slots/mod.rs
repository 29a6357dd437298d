//! Which node owns which keys, and how they move.

mod slot;

pub use slot::{Epoch, SLOTS, Slot};
