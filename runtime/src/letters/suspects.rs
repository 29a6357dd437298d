//! [`Suspects`]: the messages of one kind that crashed their actors.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use consort_protocol::supervision::{Poison, PoisonConfig, PoisonVerdict};
use consort_protocol::time::Moment;
use parking_lot::Mutex;

use super::Letters;

/// What tells a message from others when it comes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Suspect {
    /// The caller's id.
    Id(u128),
    /// The number a redelivered tell without id got when it crashed first.
    Tell(NonZeroU32),
}

/// The messages of one kind that crashed their actors, by the actor's path. Costs nothing while there is none.
pub(crate) struct Suspects {
    poison: Mutex<Poison<Arc<str>, Suspect>>,
    /// Whether a message is suspected, or an id parked. Written under the lock.
    any: AtomicBool,
    numbers: AtomicU32,
}

impl Suspects {
    pub(crate) fn new(config: PoisonConfig) -> Self {
        let poison = Mutex::new(Poison::new(config));
        Suspects { poison, any: AtomicBool::new(false), numbers: AtomicU32::new(0) }
    }

    /// Whether there may be any.
    pub(crate) fn is_any(&self) -> bool {
        self.any.load(Ordering::Acquire)
    }

    /// A number for a tell without id. It comes again after four thousand million crashes.
    pub(crate) fn next_tell(&self) -> Suspect {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        Suspect::Tell(NonZeroU32::new(number.wrapping_add(1)).unwrap_or(NonZeroU32::MIN))
    }

    /// It crashed its actor.
    pub(crate) fn handle_crash(&self, path: &Arc<str>, suspect: Suspect, now: Moment) -> PoisonVerdict {
        let mut poison = self.poison.lock();
        self.any.store(true, Ordering::Release);
        poison.handle_crash(path, &suspect, now)
    }

    /// How often it has crashed in a row.
    pub(crate) fn crashes(&self, path: &Arc<str>, suspect: Suspect) -> u32 {
        self.poison.lock().crashes(path, &suspect).map_or(0, NonZeroU32::get)
    }

    /// It was handled, or will not be delivered again.
    pub(crate) fn acquit(&self, path: &Arc<str>, suspect: Suspect) {
        self.poison.lock().handle_success(path, &suspect);
    }

    /// An id was parked.
    pub(crate) fn look_out(&self) {
        let _poison = self.poison.lock();
        self.any.store(true, Ordering::Release);
    }

    /// The letter this id is parked as, and how often it crashed.
    pub(crate) fn parked(
        &self,
        letters: &Letters,
        service: &'static str,
        path: &Arc<str>,
        id: u128,
        now: Moment,
    ) -> Option<(u64, u32)> {
        let found = letters.parked(service, path, id);
        if found.is_none() {
            let mut poison = self.poison.lock();
            poison.handle_timeout(now);
            self.any.store(!poison.is_empty() || letters.has_parked(service), Ordering::Release);
        }
        found
    }
}
