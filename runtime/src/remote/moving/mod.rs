//! How actors leave a node, and come to it.

mod sealed;
mod slots;
mod snapshot;

pub(crate) use sealed::Farewell;
pub use sealed::{Drained, Sealed};
pub use slots::Slots;
pub use snapshot::Snapshot;
