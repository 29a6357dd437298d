//! [`Member`]: one service in the overseer's books.

use std::sync::Arc;

use consort_protocol::dependencies::Version;

use crate::node::AnyKind;
use crate::services::door::Done;
use crate::supervision::ExitReason;

/// What the overseer knows of one service beside what the machines know.
pub(super) struct Member {
    pub(super) kind: Arc<dyn AnyKind>,
    pub(super) version: Version,
    /// The services of this node that it cannot do without.
    pub(super) needs: Vec<String>,
    pub(super) wish: Wish,
    /// It is to end for this reason, as soon as those have ended that cannot do without it.
    pub(super) leaving: Option<ExitReason>,
    pub(super) work: Work,
    /// The number of the work begun last: what is told of earlier work is out of date.
    pub(super) works: u64,
    /// Whether calls pass.
    pub(super) open: bool,
    /// Whether others count on it. A restart at once does not change that.
    pub(super) provides: bool,
    /// Why it ended last; nothing while it is up.
    pub(super) error: Option<Arc<str>>,
    /// Who waits for what.
    pub(super) waiting: Vec<(Until, Done)>,
}

/// What operators want of a service.
pub(super) struct Wish {
    /// It may run at all.
    pub(super) enabled: bool,
    /// It was stopped, and not started since.
    pub(super) held: bool,
    /// It is to be reset by the keep-alive loop.
    pub(super) stale: bool,
}

/// What is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Work {
    /// Nothing: it is down.
    Down,
    /// Its instance is being started.
    Starting,
    /// Nothing: it is up.
    Up,
    /// Its activations are being ended, for this reason.
    Stopping(ExitReason),
}

/// What somebody waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    Up,
    Down,
}

impl Member {
    pub(super) fn new(kind: Arc<dyn AnyKind>, version: Version, needs: Vec<String>) -> Self {
        let enabled = kind.rules().enabled;
        Member {
            kind,
            version,
            needs,
            wish: Wish { enabled, held: false, stale: false },
            leaving: None,
            work: Work::Down,
            works: 0,
            open: false,
            provides: false,
            error: None,
            waiting: Vec::new(),
        }
    }

    /// Neither up nor on the way up or down.
    pub(super) fn rests(&self) -> bool {
        self.work == Work::Down
    }
}
