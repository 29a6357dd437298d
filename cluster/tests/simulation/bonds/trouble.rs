//! When something went wrong in a course.

use std::time::Duration;

use consort_protocol::cluster::Life;

use super::bond::{Bond, Role, Stay};
use crate::history::{At, Events};

/// A watch or link is on its way to the other node when it has been made. It is in force after this.
const MAKING: Duration = Duration::from_secs(1);

/// What a fault brought about may show so long after it: links are dialled again, and nodes come back.
const AFTER: Duration = Duration::from_secs(10);

impl Events {
    /// Whether what was watched or linked at this moment was in force soon after: nothing was wrong with the network and the
    /// nodes.
    pub fn is_made(&self, made: At) -> bool {
        self.is_calm(made.time, made.time + MAKING)
    }

    /// Whether something went wrong in this time.
    pub fn is_troubled(&self, from: At, to: At) -> bool {
        !self.is_calm(from.time, to.time)
    }

    fn is_calm(&self, from: Duration, to: Duration) -> bool {
        self.troubles.iter().all(|(begin, end)| *begin > to || *end + AFTER < from)
    }

    /// Whether other nodes could ask for this end where it came about: nothing was wrong then, or the actor was still there when
    /// nothing was any more.
    pub fn can_be_heard(&self, bond: &Bond, ended: At) -> bool {
        let is_calm = |from: Duration| self.is_calm(from, from + MAKING);
        let fallers = || bond.stays.iter().filter(|stay| stay.role == Role::Faller);
        let there = fallers().find(|stay| stay.from < ended && stay.to.is_none_or(|to| to >= ended));
        let stays_there = |next: &Stay| there.is_some_and(|there| there.life == next.life) && next.from > ended;
        let is_there_in_time = |next: &Stay| next.to.is_none_or(|to| is_calm(to.time.saturating_sub(MAKING)));
        is_calm(ended.time) || fallers().any(|next| stays_there(next) && is_there_in_time(next))
    }

    pub fn has_crashed(&self, life: Life) -> bool {
        self.crashed.contains(&life)
    }

    /// When the actor ended to which a watch or link was made at that moment: it fell, or its node crashed while it was awake
    /// there.
    pub fn end_of_faller(&self, bond: &Bond, made: At) -> Option<At> {
        let is_in_force = |at: &At| at.time > made.time + MAKING;
        let has_crashed = |life| self.has_crashed(life);
        let stays = bond.stays.iter().filter(|stay| stay.role == Role::Faller && has_crashed(stay.life));
        let crash = stays.filter_map(|stay| stay.to).find(is_in_force).filter(|_| bond.falls.is_empty());
        bond.falls.iter().copied().find(is_in_force).or(crash)
    }
}
