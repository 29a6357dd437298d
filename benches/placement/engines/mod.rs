//! Consort's slot table, and the floors.

mod jump;
mod rendezvous;
mod ring;
mod slots;

pub use jump::Jump;
pub use rendezvous::Rendezvous;
pub use ring::Ring;
pub use slots::Slots;
