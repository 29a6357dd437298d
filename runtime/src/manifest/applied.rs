//! What applying a manifest did.

use crate::error::NotRun;

/// What [`Node::apply`](crate::Node::apply) did. Applied again, the same manifest does nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AppliedManifest {
    /// What was changed, a line for each: `cart: disabled`, `cart.limit`.
    pub changed: Vec<String>,
    /// Services that did not do what they were told, and why: `NotRun::Failed` of one that was enabled and does not
    /// start, say. What was said of them stands, and their supervisor and the keep-alive loop go on with it.
    pub failed: Vec<(&'static str, NotRun)>,
    /// What it says that nothing can do, a line for each, also written to the log as a warning: `enabled` is false of a
    /// supervisor, and supervisors are always on.
    pub ignored: Vec<String>,
}

impl AppliedManifest {
    /// Everything was as the manifest says.
    pub fn is_unchanged(&self) -> bool {
        self.changed.is_empty()
    }
}
