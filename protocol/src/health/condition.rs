use std::fmt;

use crate::time::Moment;

/// How something is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Condition {
    /// Nothing is known against it.
    #[default]
    Healthy,
    /// There are complaints. It still gets calls, but not where there is another choice.
    Suspect,
    /// No new calls; it is probed, and not restarted before this moment.
    Quarantined {
        /// When it is declared dead if it has shown no sign of life.
        until: Moment,
    },
    /// Given up: no calls, to be restarted.
    Dead,
}

impl Condition {
    /// Whether new calls may go to it.
    pub const fn accepts_calls(self) -> bool {
        matches!(self, Condition::Healthy | Condition::Suspect)
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Condition::Healthy => "healthy",
            Condition::Suspect => "suspect",
            Condition::Quarantined { .. } => "quarantined",
            Condition::Dead => "dead",
        })
    }
}
