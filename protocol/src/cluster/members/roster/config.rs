use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use crate::time::{Backoff, Percent};

/// The rules of a roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RosterConfig {
    /// The delays between hellos to one that does not answer. Shorten them to use a member sooner that was unreachable;
    /// lengthen them if many members are often away.
    pub hello: Backoff,
    /// How many members are said hello to within a second after many were heard of at once. Each hello makes a
    /// connection: raise it to know a large cluster sooner, lower it if nodes that join take too much of the others.
    pub hellos_per_second: NonZeroU32,
    /// How long one that is down stays in the snapshots. Raise it to see for longer who is gone.
    pub forget_after: Duration,
    /// How long one that looks for a cluster is a member without saying hello again.
    pub joining_for: Duration,
    /// How many members there may be besides this node. Those that are down make room first.
    pub members_max: NonZeroUsize,
}

/// Hellos after 0.5 s, doubled up to 30 s; 1,280 a second, which is a thousand members in 0.8 s; gone members stay for
/// 10 minutes, joining ones for 30 s; 8,192 members, as many as a roster of some MiB has.
impl Default for RosterConfig {
    fn default() -> Self {
        let first = Duration::from_millis(500);
        let factor = const { NonZeroU32::new(2).unwrap() };
        RosterConfig {
            hello: Backoff { immediate: 0, first, factor, max: Duration::from_secs(30), jitter: Percent::of(20) },
            hellos_per_second: const { NonZeroU32::new(1_280).unwrap() },
            forget_after: Duration::from_secs(600),
            joining_for: Duration::from_secs(30),
            members_max: const { NonZeroUsize::new(8_192).unwrap() },
        }
    }
}

impl RosterConfig {
    /// Over how long the first hellos to so many members are spread. Few are said hello to at once: a restarted node is
    /// known within milliseconds.
    pub(super) fn spread(&self, members: usize) -> Duration {
        match members {
            0..64 => Duration::ZERO,
            _ => Duration::from_secs(1).mul_f64(members as f64 / f64::from(self.hellos_per_second.get())),
        }
    }
}
