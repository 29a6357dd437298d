use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::time::Intensity;

/// Why an actor or a supervisor ended. Printed, it completes "it …".
///
/// ```
/// use consort_protocol::supervision::ExitReason;
///
/// let exit = ExitReason::Panic("index out of bounds".into());
/// assert!(!exit.is_normal());
/// assert_eq!(exit.to_string(), "panicked: index out of bounds");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExitReason {
    /// It stopped by itself or was asked to, and its stop hook ran.
    Normal,
    /// A handler or hook panicked, with this message.
    Panic(Arc<str>),
    /// Its factory or start hook failed, with this error.
    StartFailed(Arc<str>),
    /// The watchdog ended it: its handler had made no progress for so long.
    Hung(Duration),
    /// The actor of this name ended abnormally, and the two were linked.
    Linked(Arc<str>),
    /// This requirement, which it cannot do without, is no longer met.
    DependencyLost(Arc<str>),
    /// It is a service, too many of whose activations were in trouble.
    Escalated(Arc<str>),
    /// It is a supervisor whose children crashed too often.
    GaveUp(Arc<Exhausted>),
    /// It lived on another node, which was lost, or nobody can say what became of it there: this is why.
    Lost(Arc<str>),
}

impl ExitReason {
    /// Whether it ended as it was meant to. Every other reason is abnormal.
    pub const fn is_normal(&self) -> bool {
        matches!(self, ExitReason::Normal)
    }
}

impl fmt::Display for ExitReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExitReason::Normal => write!(f, "stopped normally"),
            ExitReason::Panic(message) => write!(f, "panicked: {message}"),
            ExitReason::StartFailed(error) => write!(f, "did not start: {error}"),
            ExitReason::Hung(silence) => write!(f, "was ended by the watchdog after {silence:.0?} without progress"),
            ExitReason::Linked(name) => write!(f, "ended with {name}, to which it was linked"),
            ExitReason::DependencyLost(requirement) => write!(f, "lost {requirement}, which it needs"),
            ExitReason::Escalated(trouble) => write!(f, "was in trouble as a whole: {trouble}"),
            ExitReason::GaveUp(exhausted) => write!(f, "gave up its children: {exhausted}"),
            ExitReason::Lost(why) => write!(f, "was lost: {why}"),
        }
    }
}

/// A restart that would have been one too many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exhausted {
    /// What was allowed.
    pub allowed: Intensity,
    /// The exit for which no restart was left.
    pub last: ExitReason,
}

impl fmt::Display for Exhausted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "more than {} would be needed; the last one {}", self.allowed, self.last)
    }
}
