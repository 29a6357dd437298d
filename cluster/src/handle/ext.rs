//! [`ClusterExt`]: what a node can do once there is a cluster.

use std::any::Any;

use consort_runtime::{IntoKey, Node, Reference, Service};

use super::{Cluster, Whereabouts};
use crate::routing::{Beyond, Part};

/// What a [`Node`] can do beside, once it may have joined a cluster.
pub trait ClusterExt {
    /// The cluster that this node has joined; `None` if it is alone.
    fn cluster(&self) -> Option<Cluster>;

    /// Where the actor of `key` lives, and why; `None` if the node is alone, and all of them live in it. See
    /// [`Cluster::explain`].
    ///
    /// ```no_run
    /// # use consort_cluster::ClusterExt;
    /// # use consort_runtime::{IntoKey, Node, Service};
    /// # fn show<Counter: Service>(node: Node, key: impl IntoKey<Counter::Key>) {
    /// if let Some(whereabouts) = node.explain::<Counter>(key) {
    ///     println!("{whereabouts}");
    /// }
    /// # }
    /// ```
    fn explain<S: Service>(&self, key: impl IntoKey<S::Key>) -> Option<Whereabouts>;
}

impl ClusterExt for Node {
    fn cluster(&self) -> Option<Cluster> {
        let remote: &dyn Any = self.remote()?;
        match &remote.downcast_ref::<Beyond>()?.part {
            Part::Member(_, cluster) => Some(cluster.clone()),
            Part::Client(_) => None,
        }
    }

    fn explain<S: Service>(&self, key: impl IntoKey<S::Key>) -> Option<Whereabouts> {
        let cluster = self.cluster()?;
        let reference = self.get::<S>(key);
        let (path, placement) = (reference.path(), reference.actor().placement());
        Some(cluster.whereabouts(S::INFO.name, &path, placement, S::INFO.local))
    }
}
