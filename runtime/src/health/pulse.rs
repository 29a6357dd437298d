//! [`Pulse`]: the clock of a node's health, and how its watch is reached.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::Thread;
use std::time::{Duration, Instant};

use consort_protocol::time::Moment;
use parking_lot::Mutex;
use tokio::sync::watch;

use super::{Beat, Beats};

/// What the watch of a node shares with the rest of it.
pub(crate) struct Pulse {
    clock: Clock,
    /// Milliseconds since the node's start at the last tick, never 0; goes round after 49 days.
    coarse: AtomicU32,
    hurry: AtomicBool,
    thread: OnceLock<Thread>,
    /// `None` after the last beat.
    sender: Mutex<Option<watch::Sender<Arc<Beat>>>>,
    latest: watch::Receiver<Arc<Beat>>,
}

/// A thread of its own must not take the time from a runtime whose clock may stand still.
enum Clock {
    System(Instant),
    Tokio(tokio::time::Instant),
}

impl Pulse {
    pub(crate) fn new(on_tokio: bool) -> Self {
        let (sender, latest) = watch::channel(Arc::new(Beat::first()));
        Pulse {
            clock: if on_tokio { Clock::Tokio(tokio::time::Instant::now()) } else { Clock::System(Instant::now()) },
            coarse: AtomicU32::new(1),
            hurry: AtomicBool::new(false),
            thread: OnceLock::new(),
            sender: Mutex::new(Some(sender)),
            latest,
        }
    }

    /// The moment it is now, for decisions of health.
    pub(crate) fn now(&self) -> Moment {
        Moment::after_start(match &self.clock {
            Clock::System(started) => started.elapsed(),
            Clock::Tokio(started) => started.elapsed(),
        })
    }

    /// The moment of the last tick, in short: never 0.
    pub(super) fn coarse(&self) -> u32 {
        self.coarse.load(Ordering::Relaxed)
    }

    /// A tick.
    pub(super) fn set_coarse(&self, now: Moment) {
        self.coarse.store((now.since_start().as_millis() as u32).max(1), Ordering::Relaxed);
    }

    /// The moment that was `coarse` less than 49 days ago.
    pub(super) fn moment(&self, coarse: u32, now: Moment) -> Moment {
        let now_coarse = now.since_start().as_millis() as u32;
        // the clock may have been set after `now` was read
        let ago = now_coarse.wrapping_sub(coarse).cast_signed().max(0).cast_unsigned();
        let ago = Duration::from_millis(ago.into());
        Moment::after_start(now.since_start().saturating_sub(ago))
    }

    /// The node should beat at once.
    pub(crate) fn hurry(&self) {
        self.hurry.store(true, Ordering::Release);
        if let Some(thread) = self.thread.get() {
            thread.unpark();
        }
    }

    /// Whether somebody asked for a beat since the last time this was called.
    pub(super) fn take_hurry(&self) -> bool {
        self.hurry.swap(false, Ordering::AcqRel)
    }

    /// The thread that ticks, to be woken in a [`hurry`](Pulse::hurry).
    pub(super) fn set_thread(&self, thread: Thread) {
        let _ = self.thread.set(thread);
    }

    pub(super) fn emit(&self, beat: Arc<Beat>) {
        if let Some(sender) = &*self.sender.lock() {
            sender.send_replace(beat);
        }
    }

    /// No more beats.
    pub(super) fn end(&self) {
        let sender = self.sender.lock().take();
        drop(sender);
    }

    pub(crate) fn subscribe(&self) -> Beats {
        Beats::new(self.latest.clone())
    }
}
