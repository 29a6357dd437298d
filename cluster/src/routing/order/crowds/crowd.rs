//! [`Crowds`]: what this node sends to actors whose mailboxes are full.

use std::collections::{HashMap, VecDeque};

use consort_runtime::remote::Message;

use super::Actor;
use crate::routing::order::job::Job;

/// What queues at an open gate, for actors that have no room. Mostly there is nothing.
#[derive(Default)]
pub(in crate::routing::order) struct Crowds(Option<HashMap<Actor, Crowd>>);

/// What queues for one of them.
#[derive(Default)]
struct Crowd {
    jobs: VecDeque<Job>,
    /// It has no room again, since it was asked last.
    is_full: bool,
}

/// What is next for an actor.
pub(super) enum Next {
    /// This has its turn.
    Send(Job),
    /// It has no room again.
    Ask,
    /// Nothing queues for it any more, or it queues at a gate that was shut.
    Done,
}

impl Crowds {
    /// The actor has no room. Whether that is new.
    pub(in crate::routing::order) fn begin(&mut self, actor: Actor) -> bool {
        let crowds = self.0.get_or_insert_default();
        let is_new = !crowds.contains_key(&actor);
        crowds.entry(actor).or_default().is_full = !is_new;
        is_new
    }

    /// Whether a message has to queue.
    #[inline]
    pub(in crate::routing::order) fn hold(&self, message: &Message) -> bool {
        self.0.as_ref().is_some_and(|crowds| crowds.contains_key(&Actor::of(message)))
    }

    /// Queues a message that it [holds](Self::hold).
    pub(in crate::routing::order) fn push(&mut self, message: &Message, job: Job) {
        let crowd = self.0.as_mut().and_then(|crowds| crowds.get_mut(&Actor::of(message)));
        // there is one: it was asked under the same lock whether it holds the message
        if let Some(crowd) = crowd {
            crowd.jobs.push_back(job);
        }
    }

    /// What is next for an actor that had room when it was asked. A crowd of which nothing is left has ended.
    pub(super) fn next(&mut self, actor: Actor) -> Next {
        let Some(crowds) = &mut self.0 else { return Next::Done };
        let Some(crowd) = crowds.get_mut(&actor) else { return Next::Done };
        if std::mem::take(&mut crowd.is_full) {
            return Next::Ask;
        }
        if let Some(job) = crowd.jobs.pop_front() {
            return Next::Send(job);
        }
        crowds.remove(&actor);
        if crowds.is_empty() {
            self.0 = None;
        }
        Next::Done
    }

    pub(in crate::routing::order) fn are_none(&self) -> bool {
        self.0.is_none()
    }

    /// All that queues: of each actor in its order.
    pub(in crate::routing::order) fn take(&mut self) -> impl Iterator<Item = Job> + use<> {
        let crowds = self.0.take().unwrap_or_default();
        crowds.into_values().flat_map(|crowd| crowd.jobs)
    }

    /// Throws away what nobody waits for.
    pub(in crate::routing::order) fn prune(&mut self) {
        for crowd in self.0.iter_mut().flat_map(|crowds| crowds.values_mut()) {
            crowd.jobs.retain(|job| !job.is_withdrawn());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_queues_goes_on_until_there_is_no_room_again_and_then_the_actor_is_asked() {
        let (mut crowds, actor, queued) = (Crowds::default(), Actor(7), Default::default());
        assert!(crowds.begin(actor) && crowds.begin(Actor(8)));
        let jobs: Vec<_> = (0..2).map(|_| Job::flush(&queued)).collect();
        let (jobs, _waiting): (Vec<_>, Vec<_>) = jobs.into_iter().unzip();
        crowds.0.as_mut().unwrap().get_mut(&actor).unwrap().jobs.extend(jobs);
        assert!(matches!(crowds.next(actor), Next::Send(_)));
        assert!(!crowds.begin(actor), "it is known");
        assert!(matches!(crowds.next(actor), Next::Ask));
        assert!(matches!(crowds.next(actor), Next::Send(_)));
        assert!(matches!(crowds.next(actor), Next::Done) && !crowds.are_none());
        assert!(matches!(crowds.next(Actor(8)), Next::Done) && crowds.are_none());
    }

    #[test]
    fn what_nobody_waits_for_is_thrown_away() {
        let (mut crowds, queued) = (Crowds::default(), Default::default());
        crowds.begin(Actor(7));
        let ((job, waits), (other, gone)) = (Job::flush(&queued), Job::flush(&queued));
        crowds.0.as_mut().unwrap().get_mut(&Actor(7)).unwrap().jobs.extend([job, other]);
        drop(gone);
        crowds.prune();
        assert_eq!(crowds.take().count(), 1);
        assert!(crowds.are_none());
        drop(waits);
    }
}
