//! [`ServiceState`]: where a service as a whole stands.

use std::fmt;

/// Where a service as a whole stands in its life cycle on one node. Its actors have [`LifeState`](crate::LifeState)s
/// of their own.
///
/// ```text
///  NotStarted ──► Starting ──► Running ◄──► Degraded      what it needs is lost, or back
///                  │   ▲          │
///                  ▼   │          ▼
///            BackingOff ◄── Stopping ──► Stopped · Disabled · Waiting
///                  └──► Failed
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ServiceState {
    /// Never started so far.
    NotStarted,
    /// Nobody starts it before it is enabled. Its calls are refused.
    Disabled,
    /// It starts once what it needs is there, or its turn among its siblings has come. Its calls are refused.
    Waiting,
    /// Its instance is built and started. Calls wait.
    Starting,
    /// It takes calls.
    Running,
    /// It takes calls, without something that it needs.
    Degraded,
    /// Its activations end. Its calls are refused.
    Stopping,
    /// An operator stopped it, or it ended and its restart policy leaves it down. Its calls are refused.
    Stopped,
    /// It crashed or did not start, and its supervisor starts it again in a while.
    BackingOff,
    /// It did not start, or crashed more often than its supervisor allows. It stays down until it is started or reset.
    Failed,
}

impl ServiceState {
    /// Whether it takes calls.
    pub fn is_up(self) -> bool {
        matches!(self, ServiceState::Running | ServiceState::Degraded)
    }
}

impl fmt::Display for ServiceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
