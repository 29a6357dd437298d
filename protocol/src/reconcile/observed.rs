/// What is actually there of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observed {
    /// Its life-cycle state.
    pub life: Life,
    /// Whether everything it needs is there.
    pub ready: bool,
    /// Whether it is quarantined, and so must not be restarted.
    pub quarantined: bool,
}

/// A life-cycle state, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Life {
    /// Never started, or stopped.
    Down,
    /// About to be up.
    Starting,
    /// Up, and its probe passes if it has one.
    Running,
    /// About to be down.
    Stopping,
    /// Down after an error; needs a reset.
    Failed,
}
