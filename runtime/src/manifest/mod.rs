//! What a node would run, as data: for those who review a program, and for those who deploy it.

mod document;
mod entry;

pub use document::Manifest;
pub use entry::{Members, Need, Resources, ServiceEntry, SupervisorEntry};
