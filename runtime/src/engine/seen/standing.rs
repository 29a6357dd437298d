//! How a cell stands with the health of its kind, and what health does with a cell.
//!
//! The standing is one byte. Whatever looks for it is where the slow path is anyway: who changes it closes the fast path
//! too, with the word's [`COLD`] bit, so that the end of a handler and the next call are seen.

use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, Ordering};
use std::time::Duration;

use crate::engine::cell::Cell;
use crate::engine::line::Site;
use crate::engine::mail::Signal;
use crate::engine::occupant::Occupant;
use crate::engine::word::{COLD, MAIL, OWNED, SIGNAL};
use crate::error::NotRun;
use crate::health::{Condition, Hold, Sign, Suspension, Watched};
use crate::service::{LifeState, Service, Status};
use crate::supervision::ExitReason;

/// A [`Condition`] in one byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Standing {
    Well,
    Suspect,
    Quarantined,
    Dead,
}

impl Standing {
    fn from_repr(repr: u8) -> Self {
        match repr {
            0 => Standing::Well,
            1 => Standing::Suspect,
            2 => Standing::Quarantined,
            _ => Standing::Dead,
        }
    }

    /// It takes no new calls.
    pub(crate) fn refuses(self) -> bool {
        self >= Standing::Quarantined
    }
}

impl From<Condition> for Standing {
    fn from(condition: Condition) -> Self {
        match condition {
            Condition::Healthy => Standing::Well,
            Condition::Suspect => Standing::Suspect,
            Condition::Quarantined { .. } => Standing::Quarantined,
            Condition::Dead => Standing::Dead,
        }
    }
}

/// Since when the handler of a cell is suspended, and whether the watch has the cell on its list. In the cell's side.
#[derive(Default)]
pub(in crate::engine) struct Suspense {
    /// Milliseconds on the node's coarse clock; 0 if no handler is suspended.
    since: AtomicU32,
    listed: AtomicBool,
    site: AtomicPtr<Site>,
}

impl<S: Service> Cell<S> {
    /// How it stands.
    #[inline]
    pub(crate) fn standing(&self) -> Standing {
        Standing::from_repr(self.standing.load(Ordering::Relaxed))
    }

    /// Nothing is known against it: what most calls learn from one load.
    #[inline(always)]
    pub(crate) fn is_well(&self) -> bool {
        self.standing.load(Ordering::Relaxed) == Standing::Well as u8
    }

    /// How it is, with the end of its quarantine.
    pub(crate) fn condition(&self) -> Condition {
        if self.is_well() { Condition::Healthy } else { self.kind.health.condition(self) }
    }

    /// Why it takes no calls, if so.
    #[inline]
    pub(in crate::engine) fn quarantine(&self) -> Option<NotRun> {
        if self.standing().refuses() { Some(self.refusal()) } else { None }
    }

    #[cold]
    fn refusal(&self) -> NotRun {
        NotRun::Quarantined { reason: self.kind.health.reason(self) }
    }

    /// Reports what was seen, if anything is known against it.
    #[inline(always)]
    pub(in crate::engine) fn saw(&self, sign: Sign) {
        if !self.is_well() {
            self.report(sign);
        }
    }

    /// As [`saw`](Cell::saw), for what comes with every message: it leaves the senders' cache line to them. Owner only.
    #[inline(always)]
    pub(in crate::engine) fn saw_here(&self, sign: Sign) {
        if self.make_side().owner.news.unwell.load(Ordering::Relaxed) {
            self.saw(sign);
        }
    }

    #[cold]
    #[inline(never)]
    pub(in crate::engine) fn report(&self, sign: Sign) {
        self.kind.health.saw(&self.watched(), sign);
    }

    /// It runs again, or may with its next call. Owner only.
    pub(in crate::engine) fn is_back(&self) {
        if !self.is_well() {
            self.kind.health.restarted(&self.watched());
        }
    }

    /// It was stopped: what was known against its activation is void. Owner only.
    pub(in crate::engine) fn is_gone(&self) {
        if !self.is_well() {
            self.kind.health.gone(&self.watched());
        }
    }

    fn watched(&self) -> Arc<dyn Watched> {
        self.arc()
    }

    /// One more count of this cell. Not to be called while it is dropped.
    pub(in crate::engine) fn arc(&self) -> Arc<Self> {
        let cell: *const Self = self;
        // SAFETY: every cell is in an `Arc`, and whoever runs it or calls it holds a count.
        unsafe {
            Arc::increment_strong_count(cell);
            Arc::from_raw(cell)
        }
    }

    /// Whether calls may take the fast path once the cell is idle and live.
    pub(in crate::engine) fn may_be_hot(&self) -> bool {
        !self.standing().refuses() && !self.kind.is_closing() && !self.kind.gate.is_shut()
    }

    /// Notes that a handler, or a probe, waits from now on, if it did not before. Owner only.
    pub(in crate::engine) fn note_suspended(self: &Arc<Self>, site: &'static Site) {
        if !self.kind.health.has_deadline() {
            return;
        }
        let suspense = &self.make_side().suspense;
        if suspense.since.load(Ordering::Relaxed) != 0 {
            return;
        }
        suspense.site.store(ptr::from_ref(site).cast_mut(), Ordering::Relaxed);
        // In one order with `listed`, here and in the watch: one of the two sees what the other wrote.
        suspense.since.store(self.kind.health.coarse(), Ordering::SeqCst);
        if !suspense.listed.load(Ordering::SeqCst) {
            self.kind.health.list(&(self.clone() as Arc<dyn Watched>));
        }
    }

    /// The handler that was suspended is over. Owner only.
    #[inline]
    pub(in crate::engine) fn end_suspended(&self) {
        let since = &self.make_side().suspense.since;
        if since.load(Ordering::Relaxed) != 0 {
            since.store(0, Ordering::SeqCst);
        }
    }

    /// Since when it was to be ended, if it is: it was given up while its handler was suspended. Owner only.
    pub(in crate::engine) fn condemned(self: &Arc<Self>) -> Option<Duration> {
        if self.standing() != Standing::Dead {
            return None;
        }
        match self.take_signal_if(|signal| matches!(signal, Signal::Kill(_)))? {
            Signal::Kill(after) => Some(after),
            _ => None,
        }
    }

    /// Ends the activation that was given up, unless it has got well meanwhile. Owner only.
    pub(in crate::engine) fn die(self: &Arc<Self>, after: Duration) {
        if self.standing() != Standing::Dead {
            return;
        }
        if self.is_live() {
            self.crash(ExitReason::Hung(after));
        } else {
            self.is_back();
        }
    }

    /// How long it must not be started again, being quarantined. Owner only.
    pub(in crate::engine) fn held(&self) -> Duration {
        if self.is_well() {
            return Duration::ZERO;
        }
        match self.kind.health.ended(&self.watched()) {
            Hold::Free => Duration::ZERO,
            Hold::Until(moment) => self.kind.health.until(moment),
        }
    }

    /// Opens the fast path of an idle cell that was closed for its standing.
    fn reopen(&self) {
        let mut guard = self.word.lock();
        // nobody owns it: what runs has an instance
        let is_idle = guard.bits & (OWNED | MAIL | SIGNAL) == 0;
        if is_idle && self.life() == LifeState::Running && self.may_be_hot() {
            guard.bits &= !COLD;
        }
    }
}

impl<S: Service> Watched for Cell<S> {
    fn path(&self) -> Arc<str> {
        self.ward()
    }

    fn set_standing(&self, standing: Standing) {
        self.standing.store(standing as u8, Ordering::Relaxed);
        self.make_side().owner.news.unwell.store(standing != Standing::Well, Ordering::Relaxed);
        // the word's lock makes the standing known to whoever releases the cell next
        if standing == Standing::Well { self.reopen() } else { self.gate() }
    }

    fn tell_status(&self) {
        if let Some(side) = self.existing_side() {
            side.board.tell(|error| Status::with_error(self, error));
        }
    }

    fn suspension(&self) -> Option<Suspension> {
        let suspense = &self.existing_side()?.suspense;
        let since = suspense.since.load(Ordering::SeqCst);
        // SAFETY: null or one of the promoted constants of `Site`.
        let site = unsafe { suspense.site.load(Ordering::Relaxed).as_ref() }?;
        (since != 0).then_some(Suspension { since, site })
    }

    fn awaits_an_answer(&self) -> bool {
        self.waits().is_some_and(|waits| !waits.is_empty())
    }

    fn set_listed(&self, listed: bool) -> bool {
        self.make_side().suspense.listed.swap(listed, Ordering::SeqCst)
    }

    fn probe(self: Arc<Self>) {
        self.unlist_touched();
        if S::INFO.has_probe && self.life() == LifeState::Running {
            self.signal(Signal::Probe);
        }
    }

    fn kill(self: Arc<Self>, after: Duration) {
        if !matches!(self.life(), LifeState::Starting | LifeState::Running | LifeState::Stopping) {
            // it has ended meanwhile: its supervisor says when it starts
            return self.is_back();
        }
        self.signal_at_once(Signal::Kill(after));
    }
}
