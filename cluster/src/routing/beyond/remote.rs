//! The [`Router`] as the runtime sees it.

use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use consort_runtime::error::NotRun;
use consort_runtime::remote::{Answering, Ending, Finding, Leaving, Message, Placed, Placement, Remote, Telling};
use tokio::time::Instant;

use super::asked::Asked;
use super::part::{Part, waited_for};
use crate::node::Thread;
use crate::planted::Planted;
use crate::routing::router::{Router, slot_of};

/// What a node's runtime knows of the cluster.
pub(crate) struct Beyond {
    pub(crate) router: Arc<Router>,
    pub(crate) part: Part,
    /// Ends with the node.
    pub(crate) thread: Thread,
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
            None => served || self.router.is_nowhere(service),
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

    fn find<'a>(&'a self, service: &'a str, deadline: Option<std::time::Instant>) -> Finding<'a> {
        Box::pin(self.router.find(service, deadline))
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
