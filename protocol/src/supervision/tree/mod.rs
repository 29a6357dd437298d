//! Supervisors of supervisors, up to the node.

mod error;
mod machine;
mod route;
mod spec;

pub use error::TreeError;
pub use machine::{Decision, Tree};
pub use spec::{TreeChild, TreeSpec};
