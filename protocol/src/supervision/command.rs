use super::ExitReason;

/// What a supervisor wants done. To be executed in the order in which they come.
///
/// ```text
///  Start(c) ──► handle_started(c), or handle_exit(c, StartFailed(..))
///  Stop(c)  ──► handle_exit(c, whatever it was)
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command<C> {
    /// Start the child. If it cannot start yet because something it needs is missing, say so with
    /// [`DependencyLost`](ExitReason::DependencyLost): it then waits and nothing is counted.
    Start(C),
    /// Stop the child, by force if it does not end in its time. Nothing further happens to those that depend on its
    /// end before it is reported.
    Stop(C),
    /// Every child was started, or is known to start later. Once after each start of the supervisor.
    Up,
    /// Every child is down, and so is the supervisor: [`Normal`](ExitReason::Normal) if it was stopped,
    /// [`GaveUp`](ExitReason::GaveUp) if it escalates. Once after each start, and the last command until the next.
    Ended(ExitReason),
}
