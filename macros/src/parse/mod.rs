//! Reading what the user wrote. Every error of theirs is raised here, once, in our words, where they made it.

mod attributes;
mod block;
mod error;
mod function;
mod options;
mod redeliver;
mod service;
mod types;
mod wire;

pub use attributes::predicate;
pub use service::service;
pub use wire::wire;
