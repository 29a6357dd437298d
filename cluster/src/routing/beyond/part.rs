//! [`Part`]: what a process has of its cluster, until it gives that back.

use std::sync::Arc;
use std::time::Duration;

use consort_runtime::remote::Ending;
use parking_lot::Mutex;
use tokio::time::timeout;

use crate::handle::Cluster;
use crate::node::Membership;
use crate::transport::Transport;

/// Nobody waits longer for the end of a node: a second each for the control plane, the links and the files, and some more
/// on a busy machine.
const ENDING: Duration = Duration::from_secs(5);

/// What a process is to the cluster.
pub(crate) enum Part {
    /// One of its nodes, until it ends, with what the program sees of the cluster.
    Member(Mutex<Option<Arc<Membership>>>, Cluster),
    /// A client, which comes and goes without a word.
    Client(Mutex<Option<Arc<Transport>>>),
}

impl Part {
    pub(crate) fn member(membership: Membership, cluster: Cluster) -> Self {
        Part::Member(Mutex::new(Some(Arc::new(membership))), cluster)
    }

    pub(crate) fn client(transport: Arc<Transport>) -> Self {
        Part::Client(Mutex::new(Some(transport)))
    }

    /// Gives all of it back. Whoever keeps the node's handle keeps none of that.
    pub(super) fn end(&self) -> Ending {
        match self {
            Part::Member(membership, _) => {
                let membership = membership.lock().take();
                Box::pin(async move {
                    if let Some(membership) = membership {
                        membership.end().await;
                    }
                })
            }
            Part::Client(transport) => {
                let transport = transport.lock().take();
                Box::pin(async move {
                    if let Some(transport) = transport {
                        transport.close().await;
                    }
                })
            }
        }
    }
}

/// Waits for the end of a node, which goes on by itself.
pub(super) async fn waited_for(over: Ending) {
    if timeout(ENDING, over).await.is_err() {
        tracing::warn!(limit = ?ENDING, "a node has not given back all that it had for its cluster yet");
    }
}

#[cfg(test)]
mod tests {
    use std::any::Any;
    use std::sync::Weak;

    use consort_runtime::Node;

    use tokio::time::Instant;

    use super::*;
    use crate::control::RaftStore;
    use crate::routing::{Beyond, Router};
    use crate::settings::ClusterSettings;

    type Parts = (Weak<Router>, Weak<Membership>, Weak<Transport>, Weak<RaftStore>);

    fn parts(node: &Node) -> Parts {
        let remote: &dyn Any = node.remote().unwrap();
        let beyond = remote.downcast_ref::<Beyond>().unwrap();
        let Part::Member(membership, _) = &beyond.part else { panic!("it is a member") };
        let membership = membership.lock().clone().unwrap();
        let (transport, control) = (Arc::downgrade(&membership.transport), Arc::downgrade(&membership.control));
        (Arc::downgrade(&beyond.router), Arc::downgrade(&membership), transport, control)
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_an_end_that_does_not_come() {
        let begun = Instant::now();
        waited_for(Box::pin(std::future::pending())).await;
        assert!(begun.elapsed() >= ENDING && begun.elapsed() < ENDING * 2);
    }

    #[tokio::test]
    async fn nothing_that_a_node_had_for_its_cluster_stays_in_memory() {
        let node = Node::builder().join(ClusterSettings::default()).start().await.unwrap();
        let (router, membership, transport, control) = parts(&node);
        node.shutdown().await.unwrap();
        // although there is a handle
        assert!(membership.upgrade().is_none());
        assert!(transport.upgrade().is_none() && control.upgrade().is_none());
        drop(node);
        let is_gone = async {
            while router.upgrade().is_some() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        timeout(Duration::from_secs(30), is_gone).await.unwrap();
    }
}
