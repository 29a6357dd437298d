//! [`Lines`]: what the threads run, from one look to the next.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use consort_protocol::health::Sign;
use consort_protocol::time::Moment;

use super::{Slowest, Watched};
use crate::engine::{LineId, Look, Running, Step, is_at, look};
use crate::node::{AnyKind, Registry};

/// The lines as they were at the last look. As many as there are threads.
#[derive(Default)]
pub(super) struct Lines {
    seen: HashMap<LineId, Seen, foldhash::fast::FixedState>,
}

struct Seen {
    line: LineId,
    step: Step,
    running: Option<Running>,
    /// The first look that found this step.
    since: Moment,
    /// When to complain, if it still runs; `None` for what may run for ever.
    due: Option<Moment>,
    late: Option<Late>,
}

/// An actor whose handler holds its thread for too long.
struct Late {
    kind: Arc<dyn AnyKind>,
    cell: Weak<dyn Watched>,
    path: Arc<str>,
}

impl Lines {
    /// Looks at all threads: who is late, and which services keep threads busy.
    pub(super) fn look(&mut self, registry: &Registry, now: Moment) {
        let mut before = std::mem::take(&mut self.seen);
        for found in look() {
            let mut seen = match before.remove(&found.line) {
                Some(seen) if seen.step == found.step => seen,
                known => {
                    known.iter().for_each(Seen::is_over);
                    Seen::new(&found, now)
                }
            };
            seen.look(registry, now);
            self.seen.insert(found.line, seen);
        }
        // their threads have ended
        before.values().for_each(Seen::is_over);
    }

    /// Of the handlers of a service that hold a thread, the one that has run longest.
    pub(super) fn slowest(&self, service: TypeId, now: Moment) -> Option<Slowest> {
        let of_service = self.seen.values().filter_map(|seen| {
            let site = seen.running.map(|running| running.site).filter(|site| site.service == service)?;
            let path = seen.late.as_ref().map(|late| late.path.clone());
            Some(Slowest { path, method: site.method?, running: now.since(seen.since) })
        });
        of_service.max_by_key(|slowest| slowest.running)
    }
}

impl Seen {
    fn new(look: &Look, now: Moment) -> Self {
        Seen { line: look.line, step: look.step, running: look.running, since: now, due: Some(now), late: None }
    }

    fn look(&mut self, registry: &Registry, now: Moment) {
        let Some(running) = self.running else { return };
        let Some(kind) = registry.of_type(running.site.service) else { return };
        kind.health().sample();
        if self.due.is_some_and(|due| due <= now) {
            self.due = self.judge(&kind, running, now).map(|wait| now + wait);
        }
    }

    /// Complains if it is late; how long until the next look that is worth it.
    fn judge(&mut self, kind: &Arc<dyn AnyKind>, running: Running, now: Moment) -> Option<Duration> {
        let deadline = kind.health().deadline().filter(|_| running.site.method.is_some())?;
        let runs = now.since(self.since);
        if runs < deadline {
            return Some(deadline - runs);
        }
        // An actor of another node, or one that was dropped, is not found. What is found may have been put where that
        // one was: if the step goes on, it is the same.
        let cell = kind.at(running.cell).filter(|_| is_at(self.line, self.step))?;
        self.late = Some(Late { kind: kind.clone(), cell: Arc::downgrade(&cell), path: cell.path() });
        kind.health().saw(&cell, Sign::Late(runs));
        Some(deadline)
    }

    /// The step is over: so is what was late in it.
    fn is_over(&self) {
        if let Some(Late { kind, cell, .. }) = &self.late
            && let Some(cell) = cell.upgrade()
        {
            kind.health().saw(&cell, Sign::Progress);
        }
    }
}
