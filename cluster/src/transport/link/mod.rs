//! The way to one node: asks and tells.

mod answer;
mod link_type;
mod state;
mod telling;

pub use answer::Answer;
pub use link_type::Link;
pub(in crate::transport) use link_type::LinkCore;
pub use state::LinkState;
pub use telling::Telling;
