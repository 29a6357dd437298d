//! What happened to services and actors, told to whoever listens.

mod bus;
mod event;

pub(crate) use bus::Bus;
pub use bus::Events;
pub use event::{Event, Happened};
