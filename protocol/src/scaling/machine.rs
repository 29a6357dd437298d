use std::num::NonZeroU32;
use std::time::Duration;

use super::ScalingConfig;
use crate::time::Moment;

/// A shorter window counts as this: one of no length would be over with every look.
const WINDOW_MIN: Duration = Duration::from_millis(1);

/// Decides how many members a pool has. It grows by half, since calls wait meanwhile, and shrinks one by one, since
/// nothing but memory does.
///
/// ```
/// use consort_protocol::scaling::{Scaler, ScalingConfig};
/// use consort_protocol::time::Moment;
/// use std::{num::NonZeroU32, time::Duration};
///
/// let [two, eight] = [2, 8].map(|it| NonZeroU32::new(it).unwrap());
/// let mut scaler = Scaler::new(ScalingConfig::between(two, eight), Moment::START);
/// let second = |seconds| Moment::START + Duration::from_secs(seconds);
/// assert_eq!(scaler.handle_look(2, second(1)), None); // the window is not over
/// assert_eq!(scaler.handle_look(2, second(5)), NonZeroU32::new(3)); // all were at work
/// assert_eq!(scaler.handle_look(0, second(10)), NonZeroU32::new(2)); // none was
/// ```
#[derive(Clone, Debug)]
pub struct Scaler {
    config: ScalingConfig,
    members: NonZeroU32,
    begun: Moment,
    /// Of the window: looks at a member, and how many found it at work.
    looks: u32,
    busy: u32,
}

impl Scaler {
    /// It has its least members.
    pub fn new(config: ScalingConfig, now: Moment) -> Self {
        Scaler { config, members: config.least, begun: now, looks: 0, busy: 0 }
    }

    /// How many members it has.
    pub fn members(&self) -> NonZeroU32 {
        self.members
    }

    /// So many of its members are at work now. At the end of each window: how many members it has from now on, if that
    /// is another number. The more evenly looks come, the better the share they show.
    pub fn handle_look(&mut self, busy: u32, now: Moment) -> Option<NonZeroU32> {
        let members = self.members.get();
        self.looks = self.looks.saturating_add(members);
        self.busy = self.busy.saturating_add(busy.min(members));
        if now.since(self.begun) < self.config.window.max(WINDOW_MIN) {
            return None;
        }
        let before = self.members;
        self.members = self.decide();
        (self.begun, self.looks, self.busy) = (now, 0, 0);
        (self.members != before).then_some(self.members)
    }

    fn decide(&self) -> NonZeroU32 {
        let members = self.members.get();
        let wanted = if self.config.grow_at.is_reached(self.busy, self.looks) {
            members.saturating_add(members.div_ceil(2))
        } else if !self.config.shrink_at.is_exceeded(self.busy, self.looks) {
            members - 1
        } else {
            members
        };
        let wanted = NonZeroU32::new(wanted).unwrap_or(NonZeroU32::MIN);
        wanted.clamp(self.config.least, self.config.most())
    }
}
