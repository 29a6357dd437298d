use std::ops::Range;

use super::child::{Place, Rest};
use super::machine::{Stage, Supervisor};
use crate::supervision::{ExitReason, RestartPolicy, Strategy};
use crate::time::Moment;

impl<C: Clone + Eq> Supervisor<C> {
    /// Sends the child `at`, which has ended, to `rest`, and has those whom the strategy restarts with it stopped and
    /// due at `due`. Returns who is to be stopped and started, each in its order.
    pub(super) fn plan(&mut self, at: usize, rest: Rest, due: Moment) -> (Vec<C>, Vec<C>) {
        self.children[at].place = Place::At(rest);
        let group = self.group(at);
        for child in self.children[group.clone()].iter_mut().filter(|child| !child.held) {
            match child.rest() {
                // The child itself, a sibling with a missing dependency of its own, one that was given up: as they are.
                Some(Rest::Waiting | Rest::Failed) => {}
                _ if child.policy == RestartPolicy::Temporary => child.send_to(Rest::Down),
                // Also a transient child that had ended normally, as in Erlang/OTP: it may have built on the others.
                _ => child.send_to(Rest::Due(due)),
            }
        }
        let start = self.children[group.clone()].iter().filter(|child| child.is_pending());
        (self.to_stop(group.clone()), start.map(|child| child.id.clone()).collect())
    }

    /// Sends the child `at`, which has ended, and those whom the strategy restarts with it to [`Rest::Failed`].
    /// Returns who is to be stopped, and who failed.
    pub(super) fn fail(&mut self, at: usize) -> (Vec<C>, Vec<C>) {
        self.children[at].place = Place::At(Rest::Failed);
        let group = self.group(at);
        for child in self.children[group.clone()].iter_mut().filter(|child| !child.held) {
            let temporary = child.policy == RestartPolicy::Temporary;
            child.send_to(if temporary { Rest::Down } else { Rest::Failed });
        }
        let failed = self.children[group.clone()].iter().filter(|child| child.rest() == Some(Rest::Failed));
        (self.to_stop(group.clone()), failed.map(|child| child.id.clone()).collect())
    }

    /// The supervisor ends for this reason. Returns who is to be stopped.
    pub(super) fn end(&mut self, reason: ExitReason) -> Vec<C> {
        self.stage = Stage::Ending(reason);
        for child in self.children.iter_mut().filter(|child| child.rest() != Some(Rest::Failed)) {
            child.send_to(Rest::Down);
        }
        self.to_stop(0..self.children.len())
    }

    /// Whom the strategy restarts with the child `at`, itself included.
    fn group(&self, at: usize) -> Range<usize> {
        match self.config.strategy {
            Strategy::OneForOne => at..at + 1,
            Strategy::OneForAll => 0..self.children.len(),
            Strategy::RestForOne => at..self.children.len(),
        }
    }

    /// Who of the group has not yet ended, last started first.
    fn to_stop(&self, group: Range<usize>) -> Vec<C> {
        self.children[group].iter().rev().filter(|child| child.is_leaving()).map(|child| child.id.clone()).collect()
    }
}
