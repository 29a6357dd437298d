//! [`Way`]: all that queues of one slot.

use std::collections::VecDeque;
use std::sync::Arc;

use consort_protocol::cluster::slots::Epoch;
use consort_runtime::remote::Doorstep;

use super::gate::Gate;
use super::job::Job;

/// All that queues of one slot, both ways.
#[derive(Default)]
pub(super) struct Way {
    /// What this node sends.
    pub(super) gate: Gate,
    /// What has come for actors that are coming.
    pub(super) hold: Option<Box<Hold>>,
    /// Activations that still have to leave: how many times that was begun and has not ended.
    pub(super) leaving: u32,
    /// Messages of other nodes that were let in and have no place at their actor yet: a look for activations misses them.
    pub(super) entering: u32,
    /// There was one since the last look for activations began.
    pub(super) has_entered: bool,
    /// A task looks after it.
    pub(super) is_attended: bool,
}

/// What has come for actors that are not here yet, in the order in which it came.
#[derive(Default)]
pub(super) struct Hold {
    /// What has been in mailboxes since something was last taken out of here, and has come back: it goes ahead.
    returned: VecDeque<Job>,
    jobs: VecDeque<Job>,
    /// Where those stand that find a mailbox full.
    pub(super) doorstep: Arc<Doorstep>,
    /// The table that somebody who sent something of it knew.
    pub(super) epoch: Epoch,
}

impl Hold {
    /// Behind all that is held; or, if it comes out of a mailbox, behind the rest of that and ahead of what has been in none.
    pub(super) fn push(&mut self, job: Job, is_handed: bool) {
        let jobs = if is_handed { &mut self.returned } else { &mut self.jobs };
        jobs.push_back(job);
    }

    /// Behind all that is held.
    pub(super) fn extend(&mut self, jobs: impl IntoIterator<Item = Job>) {
        self.jobs.extend(jobs);
    }

    pub(super) fn pop(&mut self) -> Option<Job> {
        self.gather();
        self.jobs.pop_front()
    }

    /// All of it, in its order.
    pub(super) fn take(mut self) -> VecDeque<Job> {
        self.gather();
        self.jobs
    }

    fn gather(&mut self) {
        while let Some(last) = self.returned.pop_back() {
            self.jobs.push_front(last);
        }
    }

    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.returned.len() + self.jobs.len()
    }

    fn prune(&mut self) {
        self.returned.retain(|job| !job.is_withdrawn());
        self.jobs.retain(|job| !job.is_withdrawn());
    }
}

impl Way {
    pub(super) fn hold(&mut self) -> &mut Hold {
        self.hold.get_or_insert_default()
    }

    /// Throws away what nobody waits for.
    pub(super) fn prune(&mut self) {
        self.gate.prune();
        if let Some(hold) = &mut self.hold {
            hold.prune();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::job::Tell;
    use super::*;
    use crate::routing::fixture::tell;

    #[test]
    fn what_comes_out_of_mailboxes_goes_ahead_of_what_has_been_in_none() {
        let (mut hold, queued) = (Hold::default(), Arc::default());
        let mut waits = Vec::new();
        let mut push = |hold: &mut Hold, key, is_handed| {
            let (job, slip) = Job::of::<Tell>(&Arc::new(tell(key, 7)), &queued);
            hold.push(job, is_handed);
            waits.push(slip);
        };
        ["3", "4"].into_iter().for_each(|key| push(&mut hold, key, false));
        ["1", "2"].into_iter().for_each(|key| push(&mut hold, key, true));
        assert_eq!(hold.pop().unwrap().key(), Some("1"));
        // its actor is not to have it after all, and "2" was behind it
        push(&mut hold, "1", true);
        let held = hold.take();
        let keys: Vec<_> = held.iter().filter_map(Job::key).collect();
        assert_eq!(keys, ["1", "2", "3", "4"]);
    }
}
