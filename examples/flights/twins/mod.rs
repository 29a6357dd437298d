//! The digital twins, and what they keep.

mod airport;
mod ledger;
mod plane;

pub use airport::{Airport, AirportRef, Board, DaySheet, Departure};
pub use ledger::Ledger;
pub use plane::{Leg, Logbook, Plane, PlaneRef};
