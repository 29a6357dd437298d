use std::time::Duration;

use super::{RestartPolicy, Strategy};
use crate::time::{Backoff, Intensity};

/// The rules of one supervisor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SupervisorConfig {
    /// Whom it restarts with a child that crashed.
    pub strategy: Strategy,
    /// How many restarts it allows.
    pub intensity: Intensity,
    /// How long it waits before each restart of a row.
    pub backoff: Backoff,
    /// A child that was up for so long starts a new row of back-off when it crashes. Raise it for children that take
    /// long to fail; lower it to be quick again sooner.
    pub stable_after: Duration,
    /// What follows when a restart would be one too many.
    pub on_exhausted: OnExhausted,
}

/// One-for-one, [5 restarts in 10 s](Intensity), the [default back-off](Backoff), stable after 60 s (twice the longest
/// delay), escalation.
impl Default for SupervisorConfig {
    fn default() -> Self {
        SupervisorConfig {
            strategy: Strategy::default(),
            intensity: Intensity::default(),
            backoff: Backoff::default(),
            stable_after: Duration::from_secs(60),
            on_exhausted: OnExhausted::default(),
        }
    }
}

/// What follows when a restart would be one too many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OnExhausted {
    /// The supervisor stops all its children and ends itself; the supervisor above decides. As in Erlang/OTP.
    /// Restarts of all children count together.
    #[default]
    Escalate,
    /// The child, with those whom the strategy restarts with it, stays down as failed until it is reset. Under
    /// [`Strategy::OneForOne`] restarts are then counted for each child by itself, so that no child pays for another.
    Fail,
}

/// One child of a supervisor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChildSpec<C> {
    /// Its name, unique below its supervisor.
    pub id: C,
    /// After which exits it is started again.
    pub policy: RestartPolicy,
}
