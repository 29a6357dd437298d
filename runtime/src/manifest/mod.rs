//! What a node would run, as data: for those who review a program, and for those who deploy it.
//!
//! ```text
//! NodeBuilder ──► Manifest ──prints──► text ──text::documents──► Plan::of (against the node's own Manifest) ──► Node::apply
//! ```

mod applied;
mod apply;
mod document;
mod entry;
mod plan;
mod text;

pub use crate::error::{ManifestError, ManifestMistake};
pub use applied::AppliedManifest;
pub(crate) use document::Document;
pub use document::Manifest;
pub use entry::{Members, Need, Resources, ServiceEntry, SupervisorEntry};
