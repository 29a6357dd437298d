use crate::supervision::{ChildSpec, RestartPolicy};
use crate::time::{Moment, RestartWindow, Streak};

/// Where a child stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Not running and not about to.
    Down,
    /// To be started, but not before this moment.
    Due(Moment),
    /// To be started once what it needs is back.
    Waiting,
    /// Told to start.
    Starting,
    /// Up.
    Running,
    /// Stopping, or about to.
    Leaving,
    /// Down because it crashed too often, until it is reset.
    Failed,
}

/// Where a child is, or goes when it has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    Down,
    Due(Moment),
    Waiting,
    Failed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    At(Rest),
    Starting,
    Running,
    /// Still alive, but to be stopped; `told` once the command is out.
    Leaving {
        told: bool,
        then: Rest,
    },
}

#[derive(Clone, Debug)]
pub(super) struct Child<C> {
    pub(super) id: C,
    pub(super) policy: RestartPolicy,
    pub(super) place: Place,
    /// An operator stopped it; nothing but an operator starts it.
    pub(super) held: bool,
    /// It has been up, or has ended, since the supervisor's start.
    pub(super) settled: bool,
    pub(super) streak: Streak,
    /// Its own restarts; used where they are counted for each child by itself.
    pub(super) window: RestartWindow,
}

impl<C> Child<C> {
    pub(super) fn new(spec: ChildSpec<C>) -> Self {
        Child {
            id: spec.id,
            policy: spec.policy,
            place: Place::At(Rest::Down),
            held: false,
            settled: false,
            streak: Streak::default(),
            window: RestartWindow::default(),
        }
    }

    pub(super) fn phase(&self) -> Phase {
        match self.place {
            Place::At(Rest::Down) => Phase::Down,
            Place::At(Rest::Due(moment)) => Phase::Due(moment),
            Place::At(Rest::Waiting) => Phase::Waiting,
            Place::At(Rest::Failed) => Phase::Failed,
            Place::Starting => Phase::Starting,
            Place::Running => Phase::Running,
            Place::Leaving { .. } => Phase::Leaving,
        }
    }

    pub(super) fn is_alive(&self) -> bool {
        !matches!(self.place, Place::At(_))
    }

    pub(super) fn is_leaving(&self) -> bool {
        matches!(self.place, Place::Leaving { .. })
    }

    /// Whether it is going to be up without further input from outside, but is not yet.
    pub(super) fn is_pending(&self) -> bool {
        match self.place {
            Place::Starting => true,
            Place::Running => false,
            Place::At(rest) | Place::Leaving { then: rest, .. } => matches!(rest, Rest::Due(_) | Rest::Waiting),
        }
    }

    /// Where it is, or goes.
    pub(super) fn rest(&self) -> Option<Rest> {
        match self.place {
            Place::Starting | Place::Running => None,
            Place::At(rest) | Place::Leaving { then: rest, .. } => Some(rest),
        }
    }

    /// Has it started as if it had never crashed.
    pub(super) fn reset(&mut self, now: Moment) {
        self.window.clear();
        self.streak = Streak::default();
        self.send_to(Rest::Due(now));
    }

    /// Sends it to `rest`: at once if it is down, through its end if it is alive.
    pub(super) fn send_to(&mut self, rest: Rest) {
        self.place = match self.place {
            Place::At(_) => Place::At(rest),
            Place::Starting | Place::Running => Place::Leaving { told: false, then: rest },
            Place::Leaving { told, .. } => Place::Leaving { told, then: rest },
        };
    }
}
