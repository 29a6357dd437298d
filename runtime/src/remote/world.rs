//! [`World`]: whether a node joins others, as its environment says.

use super::Joining;
use crate::error::StartError;

/// What the environment of a process says of other nodes. A cluster implements it; generated code hands it to the
/// runtime, which knows no cluster ([`Service::world`](crate::Service::world)).
pub trait World: Send + Sync + 'static {
    /// How to join, if this process is to: asked once, when a builder of
    /// [`Node::from_env`](crate::Node::from_env) starts that was not told to [`join`](crate::NodeBuilder::join).
    ///
    /// # Errors
    /// A variable is malformed, or lacks another one that it needs.
    fn joining(&self) -> Result<Option<Box<dyn Joining>>, StartError>;
}
