//! What each thread runs right now, for whoever watches from outside.
//!
//! A thread writes its [`Line`] at every start and end of a handler: three plain stores. The address in it is only ever
//! compared with those of known cells: the cell may be gone when it is read.

use std::any::TypeId;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering, fence};

use crossbeam_utils::CachePadded;
use parking_lot::Mutex;

use crate::service::{Method, Service};

/// Where in the program a handler or hook stands.
pub(crate) struct Site {
    pub(crate) service: TypeId,
    /// The method; `None` for hooks, which have no deadline.
    pub(crate) method: Option<&'static str>,
}

impl Site {
    /// Of a handler.
    #[inline(always)]
    pub(crate) const fn of<S: Method<N>, const N: usize>() -> &'static Site {
        const { &Site { service: TypeId::of::<S>(), method: Some(S::NAME) } }
    }

    /// Of the hooks of a service.
    pub(crate) const fn of_hooks<S: Service>() -> &'static Site {
        const { &Site { service: TypeId::of::<S>(), method: None } }
    }
}

/// What one thread runs. It alone writes it.
#[derive(Default)]
pub(crate) struct Line {
    /// Grows with every start and end.
    step: AtomicU64,
    cell: AtomicPtr<()>,
    site: AtomicPtr<Site>,
}

/// What a [`Line`] said.
#[derive(Clone, Copy)]
pub(crate) struct Running {
    /// The address of the cell. Nothing may be read there.
    pub(crate) cell: usize,
    pub(crate) site: &'static Site,
}

/// The lines of all threads that have run a handler and have not ended: as many as there are threads.
static LINES: Mutex<Vec<Arc<CachePadded<Line>>>> = Mutex::new(Vec::new());

impl Line {
    /// Says what runs from now on; null for nothing.
    #[inline(always)]
    pub(super) fn publish(&self, cell: *const (), site: *const Site) {
        self.cell.store(cell.cast_mut(), Ordering::Relaxed);
        self.site.store(site.cast_mut(), Ordering::Relaxed);
        // last, so that who sees this step sees what runs in it
        self.step.store(self.step.load(Ordering::Relaxed) + 1, Ordering::Release);
    }

    /// The step that runs. As long as it is the same, so is what runs.
    pub(crate) fn step(&self) -> u64 {
        self.step.load(Ordering::Acquire)
    }

    /// What runs in this step; `None` if nothing does, or the step is over.
    ///
    /// What runs next may be read in the moment before its step is: ask for the [`step`](Line::step) once more after
    /// what is done with the answer.
    pub(crate) fn running(&self, step: u64) -> Option<Running> {
        let cell = self.cell.load(Ordering::Relaxed);
        let site = self.site.load(Ordering::Relaxed);
        fence(Ordering::Acquire);
        if cell.is_null() || self.step.load(Ordering::Relaxed) != step {
            return None;
        }
        // SAFETY: null or one of the promoted constants of `Site`.
        let site = unsafe { site.as_ref() }?;
        Some(Running { cell: cell.addr(), site })
    }

    /// A line of this thread, seen by all from now on.
    pub(super) fn register() -> *const Line {
        let line = Arc::<CachePadded<Line>>::default();
        let place: *const Line = &raw const **line;
        LINES.lock().push(line);
        place
    }

    /// Forgets a line: its thread ends.
    pub(super) fn forget(place: *const Line) {
        LINES.lock().retain(|line| !ptr::eq(&raw const ***line, place));
    }
}

/// The lines of all threads.
pub(crate) fn lines() -> Vec<Arc<CachePadded<Line>>> {
    LINES.lock().clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_runs_and_that_it_is_over() {
        static SITE: Site = Site { service: TypeId::of::<u8>(), method: Some("work") };
        let (line, cell) = (Line::default(), 7_u64);
        assert!(line.running(line.step()).is_none());
        line.publish((&raw const cell).cast(), &SITE);
        let step = line.step();
        let running = line.running(step).unwrap();
        assert_eq!((running.cell, running.site.method), ((&raw const cell).addr(), Some("work")));
        line.publish(ptr::null(), ptr::null());
        assert!(line.running(step).is_none() && line.running(line.step()).is_none());
    }

    #[test]
    fn a_thread_that_ends_takes_its_line_along() {
        let place = std::thread::spawn(|| {
            super::super::local::with(|local| {
                local.publish(ptr::null(), ptr::null());
                local.line().addr()
            })
        })
        .join()
        .unwrap();
        assert!(lines().iter().all(|line| (&raw const ***line).addr() != place));
    }
}
