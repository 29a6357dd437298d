use std::num::NonZeroU32;
use std::time::Duration;

use crate::time::Percent;

/// How many members a pool has, and when that changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScalingConfig {
    /// Members it always has. Raise it for bursts that must find members up; lower it to save what idle members hold.
    pub least: NonZeroU32,
    /// Members it has at most; less than `least` counts as that. Raise it until what the members share is busy.
    pub most: NonZeroU32,
    /// It gets more when this share of its members was at work. Lower it to have members before they are needed; at more
    /// than 90 % calls wait before there are.
    pub grow_at: Percent,
    /// It gets fewer when no more than this share was. Close to `grow_at` it goes up and down with every change of the
    /// load; at half of it, a pool that has just shrunk does not grow at once.
    pub shrink_at: Percent,
    /// How long it is looked at before each change. Raise it to ride out bursts; lower it to follow them. At least 1 ms.
    pub window: Duration,
}

impl ScalingConfig {
    /// As many members, always.
    pub const fn fixed(members: NonZeroU32) -> Self {
        ScalingConfig::between(members, members)
    }

    /// From `least` to `most` members: more at 70 % at work, fewer at 30 %, over 5 seconds each.
    pub const fn between(least: NonZeroU32, most: NonZeroU32) -> Self {
        ScalingConfig {
            least,
            most,
            grow_at: Percent::of(70),
            shrink_at: Percent::of(30),
            window: Duration::from_secs(5),
        }
    }

    /// The most members it can have.
    pub const fn most(&self) -> NonZeroU32 {
        if self.most.get() < self.least.get() { self.least } else { self.most }
    }

    /// Whether its number of members ever changes.
    pub const fn is_fixed(&self) -> bool {
        self.most().get() == self.least.get()
    }
}
