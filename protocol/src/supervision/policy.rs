use super::ExitReason;

/// Whom a supervisor restarts with a child that crashed. "After" means later in start order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Strategy {
    /// The child alone. Siblings never notice.
    #[default]
    OneForOne,
    /// All children: all are stopped, then all are started.
    OneForAll,
    /// The child and those after it, which may have built on it.
    RestForOne,
}

/// After which exits a child is started again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RestartPolicy {
    /// After every exit, a normal one too.
    #[default]
    Permanent,
    /// After an abnormal exit only.
    Transient,
    /// Never, not even with its siblings.
    Temporary,
}

/// What a restart policy says of one exit, before intensity and strategy are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Start it again.
    Restart,
    /// Start it again once what it needs is back. No fault of its own, so it is not counted.
    Wait,
    /// It stays down.
    LeaveDown,
}

impl RestartPolicy {
    /// The verdict on a child with this policy that ended for this reason.
    ///
    /// ```
    /// use consort_protocol::supervision::{ExitReason, RestartPolicy, Verdict};
    ///
    /// let panic = ExitReason::Panic("out of range".into());
    /// assert_eq!(RestartPolicy::Transient.verdict(&panic), Verdict::Restart);
    /// assert_eq!(RestartPolicy::Transient.verdict(&ExitReason::Normal), Verdict::LeaveDown);
    /// ```
    pub const fn verdict(self, exit: &ExitReason) -> Verdict {
        match (self, exit) {
            (RestartPolicy::Temporary, _) | (RestartPolicy::Transient, ExitReason::Normal) => Verdict::LeaveDown,
            (RestartPolicy::Permanent | RestartPolicy::Transient, ExitReason::DependencyLost(_)) => Verdict::Wait,
            (RestartPolicy::Permanent | RestartPolicy::Transient, _) => Verdict::Restart,
        }
    }
}
