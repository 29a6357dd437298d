//! One service of one node: what makes its actors, where they are, and what the engine and the node ask of it.

mod actors;
mod asked;
mod counted;
mod counters;
mod factory;
mod gate;
mod home;
mod kind_type;

pub use counters::KindStats;
pub(crate) use factory::Factory;
pub(crate) use kind_type::Kind;
