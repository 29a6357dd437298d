use std::sync::Arc;
use std::time::Duration;

use super::Exhausted;

/// What a supervisor decided about a child that ended. For events and logs; the steps themselves come from
/// [`Supervisor::poll_command`](super::Supervisor::poll_command).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Directive<C> {
    /// Stop some, then start some.
    Restart(Plan<C>),
    /// Stop some; start them once the lost dependency is back.
    Wait(Plan<C>),
    /// Too many restarts: these stay down as failed until they are reset. `stop` are those that still have to end, in
    /// that order.
    Fail {
        /// The last of what still runs in start order comes first.
        stop: Vec<C>,
        /// In start order.
        failed: Vec<C>,
        /// What was too many.
        cause: Arc<Exhausted>,
    },
    /// Too many restarts: all children are stopped, then the supervisor ends with
    /// [`GaveUp`](super::ExitReason::GaveUp).
    Escalate {
        /// The last of what still runs in start order comes first.
        stop: Vec<C>,
        /// What was too many.
        cause: Arc<Exhausted>,
    },
    /// Nothing is to be done.
    Ignore(Ignored),
}

/// Who is stopped and started, in which order, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan<C> {
    /// To be stopped, each before the next: the reverse of start order.
    pub stop: Vec<C>,
    /// To be started, each up before the next: start order.
    pub start: Vec<C>,
    /// From the exit to the first start.
    pub delay: Duration,
}

/// Why an exit changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ignored {
    /// The child's restart policy leaves it down.
    Policy,
    /// It had been told to stop, or was about to be.
    Expected,
    /// It was not running: an exit is reported once.
    NotRunning,
    /// No such child.
    Unknown,
}
