use std::fmt;
use std::ops::Add;
use std::time::Duration;

/// A point in time: how long after the node's start.
///
/// A type of its own, because a [`Duration`] that is a point and one that is a length are easily mixed up. Arithmetic
/// saturates: a moment too far away is the last one, never a panic.
///
/// ```
/// use consort_protocol::time::Moment;
/// use std::time::Duration;
///
/// let crash = Moment::START + Duration::from_secs(7);
/// let now = Moment::after_start(Duration::from_secs(9));
/// assert_eq!(now.since(crash), Duration::from_secs(2));
/// assert_eq!(crash.since(now), Duration::ZERO); // not yet
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(Duration);

impl Moment {
    /// The node's start.
    pub const START: Moment = Moment(Duration::ZERO);

    /// The moment that is `since_start` after the node's start.
    pub const fn after_start(since_start: Duration) -> Self {
        Moment(since_start)
    }

    /// How long after the node's start.
    pub const fn since_start(self) -> Duration {
        self.0
    }

    /// How long after `earlier`; zero if it is not after it.
    pub const fn since(self, earlier: Moment) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<Duration> for Moment {
    type Output = Moment;

    fn add(self, length: Duration) -> Moment {
        Moment(self.0.saturating_add(length))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} after the node's start", self.0)
    }
}
