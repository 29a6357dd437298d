use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use super::Moment;

/// How often something may be restarted: so many times within any window of this length.
///
/// One more is too many, as in Erlang/OTP, where these are `intensity` and `period` of a supervisor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Intensity {
    /// Restarts allowed in a window; 0 forbids them. Raise it where crashes are cheap; lower it to be told sooner.
    /// The moments of so many restarts are kept, 16 bytes each.
    pub restarts: u32,
    /// The window's length. Raise it to catch what crashes slowly; lower it to forget sooner.
    pub within: Duration,
}

/// 5 in 10 s: with the default [`Backoff`](super::Backoff), what crashes as soon as it starts is given up after about
/// 3 s, and what crashes every 3 s is restarted for ever.
impl Default for Intensity {
    fn default() -> Self {
        Intensity { restarts: 5, within: Duration::from_secs(10) }
    }
}

impl fmt::Display for Intensity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} restarts within {:?}", self.restarts, self.within)
    }
}

/// The restarts of the recent past, held against an [`Intensity`].
///
/// The window slides and includes both its ends: two restarts exactly [`within`](Intensity::within) apart lie in one.
///
/// ```
/// use consort_protocol::time::{Intensity, Moment, RestartWindow};
/// use std::time::Duration;
///
/// let intensity = Intensity { restarts: 2, within: Duration::from_secs(5) };
/// let at = |second| Moment::after_start(Duration::from_secs(second));
/// let mut window = RestartWindow::default();
/// assert!(window.try_record(&intensity, at(0)));
/// assert!(window.try_record(&intensity, at(3)));
/// assert!(!window.try_record(&intensity, at(5))); // the third from 0 to 5
/// assert!(window.try_record(&intensity, at(6)));  // the one at 0 is out of sight
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RestartWindow {
    /// Oldest first; never more than `Intensity::restarts`.
    moments: VecDeque<Moment>,
}

impl RestartWindow {
    /// Notes a restart at `now` and says true, or says false and notes nothing because it would be one too many.
    pub fn try_record(&mut self, intensity: &Intensity, now: Moment) -> bool {
        while self.moments.front().is_some_and(|oldest| now.since(*oldest) > intensity.within) {
            self.moments.pop_front();
        }
        let allowed = self.moments.len() < intensity.restarts as usize;
        if allowed {
            self.moments.push_back(now);
        }
        allowed
    }

    /// Forgets every restart.
    pub fn clear(&mut self) {
        self.moments.clear();
    }
}
