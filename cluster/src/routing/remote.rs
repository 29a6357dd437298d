//! The [`Router`] as the runtime sees it.

use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use consort_runtime::error::NotRun;
use consort_runtime::remote::{Answering, Ending, Leaving, Message, Placed, Placement, Remote, Telling};
use parking_lot::Mutex;
use tokio::time::{Instant, timeout};

use super::asked::Asked;
use super::router::{Router, slot_of};
use crate::handle::Cluster;
use crate::node::{Membership, Thread};
use crate::planted::Planted;
use crate::transport::Transport;

/// Nobody waits longer for the end of a node: a second each for the control plane, the links and the files, and some more
/// on a busy machine.
const ENDING: Duration = Duration::from_secs(5);

/// What a node's runtime knows of the cluster.
pub(crate) struct Beyond {
    pub(crate) router: Arc<Router>,
    pub(crate) part: Part,
    /// Ends with the node.
    pub(crate) thread: Thread,
}

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
    fn end(&self) -> Ending {
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

/// A tell that is on its way. It has no size, so that a box of it takes no memory.
struct Told;

impl Future for Told {
    type Output = Result<(), NotRun>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(Ok(()))
    }
}

impl Remote for Beyond {
    #[inline]
    fn place(&self, service: &'static str, placement: Placement, served: bool) -> Placed {
        let is_here = match slot_of(placement) {
            // what queues for it must not be passed
            Some(slot) => served && (self.router.is_clear(slot) || Planted::SkippedEpochCheck.is_planted()),
            None => served || !self.router.peers.serve(service),
        };
        if is_here { Placed::Here } else { Placed::Away }
    }

    fn owns(&self, service: &'static str, placement: Placement, served: bool) -> bool {
        match slot_of(placement) {
            Some(slot) => {
                served && (self.router.ownership.since(slot).is_some() || Planted::SkippedEpochCheck.is_planted())
            }
            None => self.place(service, placement, served) == Placed::Here,
        }
    }

    fn fence(&self, placement: Placement) -> u64 {
        slot_of(placement).map_or(0, |slot| self.router.ownership.last(slot).0)
    }

    fn ask(&self, message: Message) -> Answering {
        let (router, message) = (self.router.clone(), Arc::new(message));
        let first = router.step(&message);
        Asked::follow(router, message, first)
    }

    fn tell(&self, message: Message) -> Telling {
        if self.router.is_told(&message) {
            return Box::pin(Told);
        }
        let (router, message) = (self.router.clone(), Arc::new(message));
        let first = router.step(&message);
        Box::pin(async move { router.see_told(&message, first).await })
    }

    fn try_tell(&self, message: Message) -> Result<(), NotRun> {
        self.router.try_tell(&message)
    }

    fn services(&self) -> Vec<&'static str> {
        self.router.peers.services()
    }

    fn leave(&self, until: Instant) -> Leaving<'_> {
        match &self.part {
            Part::Member(membership, _) => {
                let membership = membership.lock().clone();
                Box::pin(async move {
                    match membership {
                        Some(membership) => membership.leave(until).await,
                        None => Ok(()),
                    }
                })
            }
            Part::Client(_) => Box::pin(ready(Ok(()))),
        }
    }

    fn ended(&self) -> Ending {
        self.router.entrances.close();
        let (router, last) = (self.router.clone(), self.part.end());
        let over = self.thread.end(Box::pin(async move {
            last.await;
            // with what is known of the others
            router.meet([]);
        }));
        Box::pin(waited_for(over))
    }
}

/// Waits for the end of a node, which goes on by itself.
async fn waited_for(over: Ending) {
    if timeout(ENDING, over).await.is_err() {
        tracing::warn!(limit = ?ENDING, "a node has not given back all that it had for its cluster yet");
    }
}

#[cfg(test)]
mod tests {
    use std::any::Any;
    use std::sync::Weak;

    use consort_runtime::Node;

    use super::*;
    use crate::control::RaftStore;
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
