use super::sign::Complaints;
use super::{Cause, Condition, HealthConfig, Sign};
use crate::time::Moment;

/// What is remembered of one subject that is not well, or was not lately.
#[derive(Clone, Debug, Default)]
pub(super) struct Patient {
    pub(super) condition: Condition,
    complaints: Complaints,
    /// Quarantines since it was last forgiven: the next is longer for each.
    quarantines: u32,
    /// Quarantines in a row that ended slow.
    slow_rounds: u32,
    /// It moved in this quarantine.
    moved: bool,
    /// It ended in this quarantine.
    ended: bool,
    /// When its condition changes by itself; for a healthy one, when it is forgotten.
    turns: Moment,
    pub(super) next_probe: Moment,
}

/// How a patient's condition changes, and why.
pub(super) type Change = Option<(Condition, Cause)>;

impl Patient {
    pub(super) fn on_sign(&mut self, config: &HealthConfig, sign: Sign, now: Moment) -> Change {
        if self.condition == Condition::Dead || self.ended {
            return None; // too late: its restart is on its way
        }
        let complaint = self.complaints.take(&sign);
        self.moved |= !complaint;
        match self.condition {
            Condition::Healthy if complaint => {
                self.next_probe = now;
                self.turns = now + config.suspect_for;
                Some((Condition::Suspect, Cause::Seen(sign)))
            }
            Condition::Suspect | Condition::Quarantined { .. } if self.complaints.is_empty() => {
                Some((self.recover(config, now), Cause::Seen(sign)))
            }
            _ => None,
        }
    }

    pub(super) fn on_exit(&mut self, now: Moment) -> Change {
        match self.condition {
            Condition::Suspect => Some((self.die(now), Cause::Exited)),
            Condition::Quarantined { .. } => {
                self.ended = true;
                None
            }
            Condition::Healthy | Condition::Dead => None,
        }
    }

    pub(super) fn on_restarted(&mut self, config: &HealthConfig, now: Moment) -> Change {
        (self.condition != Condition::Healthy).then(|| (self.recover(config, now), Cause::Restarted))
    }

    /// Its moment has come, if it has. Never for a healthy one, which is forgotten then.
    pub(super) fn on_turn(&mut self, config: &HealthConfig, now: Moment) -> Change {
        match self.condition {
            _ if now < self.turns => None,
            Condition::Suspect => Some((self.quarantine(config, now), Cause::SuspectTooLong(config.suspect_for))),
            Condition::Quarantined { .. } if self.ended => Some((self.die(now), Cause::Exited)),
            Condition::Quarantined { .. } if !self.moved => Some((self.die(now), Cause::NoSignOfLife)),
            Condition::Quarantined { .. } if self.slow_rounds >= config.slow_rounds_max => {
                Some((self.die(now), Cause::SlowTooLong))
            }
            Condition::Quarantined { .. } => {
                self.slow_rounds += 1;
                Some((self.quarantine(config, now), Cause::Slow))
            }
            Condition::Healthy | Condition::Dead => None,
        }
    }

    pub(super) fn is_forgotten(&self, now: Moment) -> bool {
        self.condition == Condition::Healthy && now >= self.turns
    }

    /// Whether it is to be probed, and can be.
    pub(super) fn is_probed(&self) -> bool {
        matches!(self.condition, Condition::Suspect | Condition::Quarantined { .. }) && !self.ended
    }

    /// When it wants attention next; a dead one only when it is restarted.
    pub(super) fn wakes(&self) -> Option<Moment> {
        match self.condition {
            Condition::Dead => None,
            _ if self.is_probed() => Some(self.turns.min(self.next_probe)),
            _ => Some(self.turns),
        }
    }

    fn quarantine(&mut self, config: &HealthConfig, now: Moment) -> Condition {
        let until = now + config.quarantine(self.quarantines);
        self.quarantines = self.quarantines.saturating_add(1);
        (self.moved, self.turns) = (false, until);
        Condition::Quarantined { until }
    }

    fn recover(&mut self, config: &HealthConfig, now: Moment) -> Condition {
        *self = Patient { quarantines: self.quarantines, turns: now + config.forgive_after, ..Patient::default() };
        Condition::Healthy
    }

    fn die(&mut self, now: Moment) -> Condition {
        *self = Patient { quarantines: self.quarantines, turns: now, ..Patient::default() };
        Condition::Dead
    }
}
