//! [`Joining`]: a node's way to the others.

use std::pin::Pin;
use std::sync::Arc;

use super::{Inside, Remote};
use crate::error::StartError;

/// The start of the way to the other nodes.
pub type Starting = Pin<Box<dyn Future<Output = Result<Arc<dyn Remote>, StartError>> + Send>>;

/// What makes a node one of several: given to [`NodeBuilder::join`](crate::NodeBuilder::join), or found in the
/// environment by a [`World`](super::World).
pub trait Joining: Send + 'static {
    /// Whether every call is to be handed to the [`Remote`], even one of an actor that runs on this node: so a test
    /// has all calls of one process written down and read. It is asked once, before the start.
    fn hands_all_over(&self) -> bool {
        false
    }

    /// Joins. It is called once, when it is known what the node serves and before any of it starts; the services start
    /// when the future is done.
    ///
    /// # Errors
    /// The node does not start then.
    fn start(self: Box<Self>, inside: Inside) -> Starting;
}
