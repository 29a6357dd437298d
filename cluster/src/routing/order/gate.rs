//! [`Gate`]: where what this node sends for a slot goes.

use std::collections::VecDeque;
use std::sync::Arc;

use consort_protocol::cluster::Life;
use consort_protocol::cluster::slots::{Epoch, Tenure};

use super::crowds::{Actor, Crowds};
use super::job::Job;
use crate::routing::peers::PeerLink;

/// Where what this node sends for a slot goes. It changes its mind only behind a flush of the owner it had. As long as
/// nothing was sent, the table decides.
#[derive(Default)]
pub(super) struct Gate {
    /// The owner to whom it leads, while it is not shut.
    pub(super) to: Option<Found>,
    /// What queues, while it is shut.
    pub(super) shut: Option<Box<Queue>>,
    /// What queues while it is open: for actors that have no room.
    pub(super) crowds: Crowds,
}

/// An owner with the tenure under which it was found: everything sent to it says so.
#[derive(Clone)]
pub(crate) struct Found {
    pub(crate) peer: Arc<PeerLink>,
    pub(crate) since: Epoch,
}

impl Found {
    pub(super) fn is(&self, owner: Option<Tenure>) -> bool {
        owner.is_some_and(|owner| owner.life == self.peer.life && owner.since == self.since)
    }
}

/// What queues at a gate that is shut.
#[derive(Default)]
pub(super) struct Queue {
    /// An owner that has to say first that all that was sent to it has arrived.
    pub(super) former: Option<Found>,
    /// The one that gets what queues, since it got the first of it.
    pub(super) passing: Option<Found>,
    /// What had waited in mailboxes of this node: it goes ahead of what was sent after that.
    pub(super) handed: VecDeque<Job>,
    /// The latest tenure by which a sender found this node of whom something is in there.
    pub(super) found: Epoch,
    pub(super) sent: VecDeque<Job>,
}

/// The same tenure.
impl PartialEq for Found {
    fn eq(&self, other: &Self) -> bool {
        (self.peer.life, self.since) == (other.peer.life, other.since)
    }
}

impl Queue {
    pub(super) fn push(&mut self, job: Job, is_handed: bool) {
        let queue = if is_handed { &mut self.handed } else { &mut self.sent };
        queue.push_back(job);
    }

    /// The next one; while mailboxes may still have some of what goes ahead, only of that.
    pub(super) fn pop(&mut self, is_leaving: bool) -> Option<Job> {
        let handed = self.handed.pop_front();
        if is_leaving { handed } else { handed.or_else(|| self.sent.pop_front()) }
    }

    /// The same of what has come from other nodes, who found this one by tenures up to this one.
    pub(super) fn hand_on(&mut self, jobs: impl IntoIterator<Item = Job>, found: Epoch) {
        self.found = self.found.max(found);
        self.handed.extend(jobs);
    }

    /// All of it, in its order.
    pub(super) fn take(&mut self) -> impl Iterator<Item = Job> + use<> {
        std::mem::take(&mut self.handed).into_iter().chain(std::mem::take(&mut self.sent))
    }
}

impl Gate {
    /// The slot has this owner now. Shuts the gate if it has led to another one.
    pub(super) fn follow(&mut self, owner: Option<Tenure>) {
        if self.to.as_ref().is_some_and(|to| !to.is(owner)) {
            self.shut();
        }
        if let Some(queue) = &mut self.shut
            && let Some(passed) = queue.passing.take_if(|passing| !passing.is(owner))
        {
            queue.former = Some(passed);
        }
    }

    /// Shuts it, if it is not: whoever it led to has to answer first.
    pub(super) fn shut(&mut self) -> &mut Queue {
        let former = self.to.take();
        let queue = self.shut.get_or_insert_with(|| Box::new(Queue { former, ..Queue::default() }));
        queue.sent.extend(self.crowds.take());
        queue
    }

    /// An actor of this life has no room. The owner to be asked for it, if the gate leads there and that is new.
    pub(super) fn crowd(&mut self, life: Life, actor: Actor) -> Option<Found> {
        let to = self.to.as_ref().filter(|to| to.peer.life == life)?;
        self.crowds.begin(actor).then(|| to.clone())
    }

    /// Forgets the owners that are gone. What queued for their actors has to find another way.
    pub(super) fn forget(&mut self, is_gone: impl Fn(&Found) -> bool) {
        if self.to.take_if(|to| is_gone(to)).is_some() && !self.crowds.are_none() {
            self.shut();
        }
        if let Some(queue) = &mut self.shut {
            queue.former.take_if(|former| is_gone(former));
            queue.passing.take_if(|passing| is_gone(passing));
        }
    }

    /// Whether anything still goes to this life, or has not been heard of from it.
    pub(super) fn leads_to(&self, life: Life) -> bool {
        let of_queue = self.shut.iter().flat_map(|queue| [&queue.former, &queue.passing]);
        of_queue.chain([&self.to]).flatten().any(|found| found.peer.life == life)
    }

    /// Whether it is shut until this life has answered.
    pub(super) fn waits_for(&self, life: Life) -> bool {
        let former = self.shut.as_ref().and_then(|queue| queue.former.as_ref());
        former.is_some_and(|former| former.peer.life == life)
    }

    /// Whether something queues that may have come before what this life sends now, which found this node by the tenure since
    /// `epoch`, and this node owns the slot since `since`. It came for an earlier tenure; or for this very one, while the slot
    /// was somebody else's and that was taken back. What the former owner sends back then comes before all that queues.
    pub(super) fn is_behind(&self, epoch: Epoch, since: Epoch, from: Life) -> bool {
        let is_behind = |queue: &Queue| epoch < since || (epoch <= queue.found && !self.waits_for(from));
        self.shut.as_deref().is_some_and(is_behind)
    }

    /// Throws away what nobody waits for.
    pub(super) fn prune(&mut self) {
        if let Some(queue) = &mut self.shut {
            queue.handed.retain(|job| !job.is_withdrawn());
            queue.sent.retain(|job| !job.is_withdrawn());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waited_in_mailboxes_goes_ahead_of_what_was_sent_after_it() {
        let (mut gate, queued) = (Gate::default(), Arc::default());
        for is_handed in [false, true, false, true] {
            let (job, _) = Job::flush(&queued);
            gate.shut().push(job, is_handed);
        }
        let queue = gate.shut();
        assert_eq!((queue.handed.len(), queue.sent.len()), (2, 2));
        assert!(queue.pop(true).is_some() && queue.pop(true).is_some());
        assert!(queue.pop(true).is_none(), "mailboxes may have more");
        assert!(queue.pop(false).is_some());
        assert_eq!((queue.take().count(), queue.take().count()), (1, 0));
    }

    #[test]
    fn what_nobody_waits_for_is_thrown_away_and_its_room_comes_back() {
        let (mut gate, queued) = (Gate::default(), Arc::<std::sync::atomic::AtomicUsize>::default());
        let ((first, waits), (second, gone)) = (Job::flush(&queued), Job::flush(&queued));
        gate.shut().push(first, false);
        gate.shut().push(second, true);
        let both = queued.load(std::sync::atomic::Ordering::Relaxed);
        drop(gone);
        gate.prune();
        assert_eq!(queued.load(std::sync::atomic::Ordering::Relaxed), both / 2);
        drop((gate, waits));
        assert_eq!(queued.load(std::sync::atomic::Ordering::Relaxed), 0);
    }
}
