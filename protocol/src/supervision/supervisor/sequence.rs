use super::child::{Child, Place, Rest};
use super::machine::{Stage, Supervisor};
use crate::supervision::{Command, Strategy};
use crate::time::Moment;

impl<C: Clone + Eq> Supervisor<C> {
    /// Gives out every step that may be taken now.
    pub(super) fn advance(&mut self, now: Moment) {
        self.now = self.now.max(now);
        self.stop_next();
        match &self.stage {
            Stage::Down => {}
            Stage::Active => {
                self.start_next();
                self.tell_up();
            }
            Stage::Ending(reason) => {
                let reason = reason.clone();
                if !self.children.iter().any(|child| child.is_alive()) {
                    self.stage = Stage::Down;
                    self.commands.push_back(Command::Ended(reason));
                }
            }
        }
    }

    /// Tells whose turn it is to stop: the last in start order, and no other before it has ended. Where siblings are
    /// independent, all at once: one that is slow to stop must not hold up another.
    fn stop_next(&mut self) {
        let independent = self.stage == Stage::Active && self.config.strategy == Strategy::OneForOne;
        if !independent && self.children.iter().any(|child| matches!(child.place, Place::Leaving { told: true, .. })) {
            return;
        }
        for child in self.children.iter_mut().rev() {
            if let Place::Leaving { told: told @ false, .. } = &mut child.place {
                *told = true;
                self.commands.push_back(Command::Stop(child.id.clone()));
                if !independent {
                    return;
                }
            }
        }
    }

    fn start_next(&mut self) {
        for at in 0..self.children.len() {
            let due = matches!(self.children[at].place, Place::At(Rest::Due(moment)) if moment <= self.now);
            if due && self.may_start(at) {
                self.children[at].place = Place::Starting;
                self.commands.push_back(Command::Start(self.children[at].id.clone()));
            }
        }
    }

    /// Whether the order of starts lets the child `at` start.
    fn may_start(&self, at: usize) -> bool {
        let earlier = &self.children[..at];
        let leaving = self.children.iter().any(|child| child.is_leaving());
        match self.config.strategy {
            // In order when the supervisor starts; later each by itself.
            Strategy::OneForOne => {
                self.children[at].settled || !earlier.iter().any(|child| !child.settled && child.is_pending())
            }
            Strategy::RestForOne => !leaving && !earlier.iter().any(|child| child.is_pending()),
            // All or none: one that waits holds up those before it too.
            Strategy::OneForAll => {
                let waiting = self.children.iter().any(|child| child.rest() == Some(Rest::Waiting));
                !leaving && !waiting && !earlier.iter().any(|child| child.is_pending())
            }
        }
    }

    fn tell_up(&mut self) {
        let coming = |at: usize| !self.children[at].settled && self.children[at].is_pending() && !self.is_held_up(at);
        if !self.is_up && !(0..self.children.len()).any(coming) {
            self.is_up = true;
            self.commands.push_back(Command::Up);
        }
    }

    /// Whether a sibling that waits for a dependency keeps the child `at` from starting: it is known to start later.
    fn is_held_up(&self, at: usize) -> bool {
        let waits = |siblings: &[Child<C>]| siblings.iter().any(|child| child.rest() == Some(Rest::Waiting));
        match self.config.strategy {
            Strategy::OneForOne => false,
            Strategy::RestForOne => waits(&self.children[..at]),
            Strategy::OneForAll => waits(&self.children),
        }
    }
}
