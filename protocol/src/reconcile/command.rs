use crate::time::{Intensity, Moment};

/// What the keep-alive loop wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command<S> {
    /// Start a service that is down.
    Start(S),
    /// Reset a service that failed, which starts it.
    Reset(S),
    /// Tell that the service is not started any more, until [`handle_reset`](super::Reconciler::handle_reset). Once.
    GiveUp {
        /// Which service.
        service: S,
        /// More than this would be needed.
        allowed: Intensity,
    },
}

/// Why the loop did what it did about a service, as of the last comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is disabled.
    Disabled,
    /// It runs.
    Running,
    /// It is starting or stopping.
    Changing,
    /// It is quarantined.
    Quarantined,
    /// Something it needs is not ready.
    WaitsForDependency,
    /// It was started too often to be started before this moment.
    BackingOff(Moment),
    /// It was told to start.
    Told,
    /// It was started too often to be started again.
    GivenUp,
}
