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
    pub(super) jobs: VecDeque<Job>,
    /// Where those stand that find a mailbox full.
    pub(super) doorstep: Arc<Doorstep>,
    /// The table that somebody who sent something of it knew.
    pub(super) epoch: Epoch,
}

impl Way {
    pub(super) fn hold(&mut self) -> &mut Hold {
        self.hold.get_or_insert_default()
    }

    /// Throws away what nobody waits for.
    pub(super) fn prune(&mut self) {
        self.gate.prune();
        if let Some(hold) = &mut self.hold {
            hold.jobs.retain(|job| !job.is_withdrawn());
        }
    }
}
