//! Feeders: each sends the messages of one lane, and asks its twins what they have.

mod found;
mod lane;
mod twin;

pub use found::{Found, Home, Homes};
pub use lane::{Feeder, Times};
use twin::Twin;
