//! The life cycle as others see it.

use std::sync::Arc;
use std::time::Instant;

use parking_lot::Mutex;
use tokio::sync::watch;

use crate::engine::{Cell, Occupant};
use crate::health::Condition;
use crate::service::{ActivationId, Service};

/// Where an actor stands in its life cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum LifeState {
    /// No activation; the next call starts one.
    NotStarted,
    /// The factory or the start hook runs.
    Starting,
    /// It takes calls.
    Running,
    /// The stop hook runs.
    Stopping,
    /// It was stopped. A keyed actor starts anew with the next call, a spawned one does not.
    Stopped,
    /// Its factory, `start` or `started` failed, or it crashed more often than its supervisor allows. Calls are refused
    /// with the error until it is restarted.
    Failed,
    /// It crashed, and waits before it is started again. Calls wait with it.
    BackingOff,
    /// It lives on another node, or on none yet; calls go there. What it does there is not known here.
    Away,
}

impl LifeState {
    pub(crate) fn from_repr(repr: u8) -> Self {
        match repr {
            0 => LifeState::NotStarted,
            1 => LifeState::Starting,
            2 => LifeState::Running,
            3 => LifeState::Stopping,
            4 => LifeState::Stopped,
            5 => LifeState::Failed,
            _ => LifeState::BackingOff,
        }
    }

    /// What says most of a pool comes highest.
    fn severity(self) -> u8 {
        match self {
            LifeState::Away | LifeState::NotStarted => 0,
            LifeState::Stopped => 1,
            LifeState::Running => 2,
            LifeState::Starting => 3,
            LifeState::Stopping => 4,
            LifeState::BackingOff => 5,
            LifeState::Failed => 6,
        }
    }
}

/// A read-only copy of an actor's life cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The state.
    pub state: LifeState,
    /// When it entered that state.
    pub since: Instant,
    /// The last error of a start, or the last handler's panic; kept until the next successful start.
    pub error: Option<Box<str>>,
    /// The live activation, or the last one.
    pub activation: ActivationId,
    /// Its health. Of an actor that does not run it is [`Healthy`](Condition::Healthy), unless it ended in quarantine.
    pub condition: Condition,
}

impl Status {
    pub(crate) fn of<S: Service>(cell: &Arc<Cell<S>>) -> Self {
        Self::with_error(cell, cell.last_error())
    }

    pub(crate) fn with_error<S: Service>(cell: &Cell<S>, error: Option<Box<str>>) -> Self {
        Status {
            state: cell.life_seen(),
            since: cell.kind.instant(cell.since_nanos()),
            error,
            activation: cell.activation(),
            condition: cell.condition(),
        }
    }

    /// The one of two members that says more of their pool.
    pub(super) fn worse(self, other: Status) -> Status {
        if other.severity() > self.severity() { other } else { self }
    }

    fn severity(&self) -> (u8, u8) {
        let unwell = match self.condition {
            Condition::Healthy => 0,
            Condition::Suspect => 1,
            Condition::Quarantined { .. } => 2,
            Condition::Dead => 3,
        };
        (self.state.severity(), unwell)
    }

    /// Not started, and nothing under way.
    pub fn is_ready(&self) -> bool {
        matches!(self.state, LifeState::NotStarted | LifeState::Stopped)
    }

    /// Taking calls, and well: nothing is late, and its last probe passed.
    pub fn is_running(&self) -> bool {
        self.state == LifeState::Running && self.condition == Condition::Healthy
    }

    /// The last start failed; [`Status::error`] says why.
    pub fn has_failed(&self) -> bool {
        self.state == LifeState::Failed
    }
}

/// The last error and the watchers of one cell.
#[derive(Default)]
pub(crate) struct StatusBoard {
    inner: Mutex<Board>,
}

#[derive(Default)]
struct Board {
    error: Option<Box<str>>,
    watch: Option<watch::Sender<Status>>,
}

impl StatusBoard {
    /// Notes the error (a successful start clears it) and tells the watchers the status `now` returns.
    pub(crate) fn post(&self, state: LifeState, error: Option<&str>, now: impl FnOnce(Option<Box<str>>) -> Status) {
        let mut board = self.inner.lock();
        match error {
            Some(error) => board.error = Some(error.into()),
            None if state == LifeState::Running => board.error = None,
            None => {}
        }
        if let Some(watch) = &board.watch {
            watch.send_replace(now(board.error.clone()));
        }
    }

    /// Tells the watchers the status `now` returns, if there are any.
    pub(crate) fn tell(&self, now: impl FnOnce(Option<Box<str>>) -> Status) {
        let board = self.inner.lock();
        if let Some(watch) = &board.watch {
            watch.send_replace(now(board.error.clone()));
        }
    }

    pub(crate) fn error(&self) -> Option<Box<str>> {
        self.inner.lock().error.clone()
    }

    /// A watcher. `now` tells the current status, with this error; it is asked under the board's lock, so that no
    /// change comes between it and the watch.
    pub(super) fn subscribe(&self, now: impl FnOnce(Option<Box<str>>) -> Status) -> watch::Receiver<Status> {
        let mut board = self.inner.lock();
        let Board { error, watch } = &mut *board;
        watch.get_or_insert_with(|| watch::channel(now(error.clone())).0).subscribe()
    }
}
