//! [`Factory`]: what makes the instances of a kind.

use std::pin::Pin;

use crate::error::HookError;
use crate::service::{Service, StandIn};

type Built<S> = Pin<Box<dyn Future<Output = Result<S, HookError>> + Send>>;

/// Makes instances.
pub(crate) enum Factory<S: Service> {
    /// `Default`, or the like: cannot wait, cannot fail.
    Plain(fn() -> S),
    /// The user's own, by key.
    Keyed(Box<dyn Fn(S::Key) -> Built<S> + Send + Sync>),
    /// None: it answers the calls itself.
    StandIn(StandIn<S>),
}

impl<S: Service> Factory<S> {
    /// Of a service that has none on this node.
    pub(in crate::node) fn none() -> Self {
        Factory::Keyed(Box::new(|_| Box::pin(std::future::ready(Err(HookError::new("not served"))))))
    }
}
