//! [`Beats`]: the beats of a node as they come.

use std::sync::Arc;

use tokio::sync::watch;

use super::Beat;

/// The beats of a node, from [`Node::beats`](crate::Node::beats). Who is slower than they come misses those between.
#[derive(Clone, Debug)]
pub struct Beats {
    latest: watch::Receiver<Arc<Beat>>,
}

impl Beats {
    pub(super) fn new(mut latest: watch::Receiver<Arc<Beat>>) -> Self {
        latest.mark_changed();
        Beats { latest }
    }

    /// The latest beat, also of a node that has ended.
    pub fn current(&self) -> Arc<Beat> {
        self.latest.borrow().clone()
    }

    /// The next beat that this subscriber has not seen; the first time, the latest at once. `None` once the node has
    /// ended and its last beat was seen. Cancel safe.
    pub async fn changed(&mut self) -> Option<Arc<Beat>> {
        self.latest.changed().await.ok()?;
        Some(self.latest.borrow_and_update().clone())
    }
}
