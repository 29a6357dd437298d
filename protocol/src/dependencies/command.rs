use super::{Missing, Requirement};

/// What follows from a requirement that is met or not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Everything it needs is there: start it, for the first time or again.
    Start {
        /// Which service.
        service: String,
    },
    /// It does not start before these are there. Again whenever the list changes.
    Wait {
        /// Which service.
        service: String,
        /// What it needs.
        missing: Vec<Missing>,
    },
    /// It lost these and cannot go on: stop it. It then waits.
    Stop {
        /// Which service.
        service: String,
        /// What it needs.
        missing: Vec<Missing>,
    },
    /// It lost these and goes on without: tell it. Again whenever the list changes.
    Degrade {
        /// Which service.
        service: String,
        /// What it needs.
        missing: Vec<Missing>,
    },
    /// Everything it needs is back: tell it.
    Resume {
        /// Which service.
        service: String,
    },
    /// It can no longer use this: its calls to it fail fast.
    SoftLost(Missing),
    /// It can use this again.
    SoftFound {
        /// Which service.
        service: String,
        /// What it can use.
        requirement: Requirement,
    },
}

/// Where a service stands with what it needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Not looked at before the node starts.
    #[default]
    Idle,
    /// It has, or had when it was started, everything it needs.
    Ready,
    /// It is not running, for want of these.
    Waiting(Vec<Missing>),
    /// It is running without these.
    Degraded(Vec<Missing>),
}
