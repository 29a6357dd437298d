//! [`Ways`]: the ways of all slots.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use consort_protocol::cluster::Life;
use consort_protocol::cluster::slots::{SLOTS, Slot};
use consort_runtime::remote::{Message, Slots};
use parking_lot::{Mutex, RwLock};

use super::job::{Course, Job, Slip, size};
use super::way::Way;

/// Bytes of messages that queue on a node: eight mailboxes full. Who holds more has lost more nodes than it can wait for.
pub(super) const QUEUED_MAX: usize = 64 << 20;

/// The ways of all slots.
pub(crate) struct Ways {
    ways: Box<[RwLock<Way>]>,
    /// Those that are attended to: what every call looks at.
    busy: Box<[AtomicBool]>,
    /// How many those are. As long as there are any, calls of actors that run here look too.
    attended: Mutex<usize>,
    slots: Slots,
    /// Bytes that queue.
    queued: Arc<AtomicUsize>,
}

impl Ways {
    /// Nothing queues.
    pub(crate) fn new(slots: Slots) -> Self {
        let ways = (0..SLOTS).map(|_| RwLock::default()).collect();
        let busy = (0..SLOTS).map(|_| AtomicBool::new(false)).collect();
        let (attended, queued) = Default::default();
        Ways { ways, busy, attended, slots, queued }
    }

    /// Whether something queues, or still has to be heard of: then nothing may pass it.
    #[inline]
    pub(crate) fn is_busy(&self, slot: Slot) -> bool {
        self.busy[usize::from(slot.number())].load(Ordering::Acquire)
    }

    /// To be called under the lock of its way.
    pub(super) fn begin_busy(&self, slot: Slot) {
        let mut attended = self.attended.lock();
        *attended += 1;
        if *attended == 1 {
            self.slots.guard(true);
        }
        self.busy[usize::from(slot.number())].store(true, Ordering::Release);
    }

    /// As [`begin_busy`](Ways::begin_busy).
    pub(super) fn end_busy(&self, slot: Slot) {
        let mut attended = self.attended.lock();
        self.busy[usize::from(slot.number())].store(false, Ordering::Release);
        *attended -= 1;
        if *attended == 0 {
            self.slots.guard(false);
        }
    }

    /// Sending reads it, and holds it until the message has its place; whatever changes where messages go writes it.
    #[inline]
    pub(super) fn way(&self, slot: Slot) -> &RwLock<Way> {
        &self.ways[usize::from(slot.number())]
    }

    /// Whether anything still goes to this life, or has not been heard of from it.
    pub(super) fn lead_to(&self, life: Life) -> bool {
        self.ways.iter().any(|way| way.read().gate.leads_to(life))
    }

    /// A message that is to queue.
    pub(super) fn job<C: Course>(&self, message: &Arc<Message>) -> (Job, Slip<C>) {
        Job::of(message, &self.queued)
    }

    /// Whether further bytes may queue.
    pub(crate) fn has_room(&self, message: &Message) -> bool {
        self.queued.load(Ordering::Relaxed) + size(message) <= QUEUED_MAX
    }

    /// A question that is to queue.
    pub(super) fn flush(&self) -> (Job, tokio::sync::oneshot::Receiver<()>) {
        Job::flush(&self.queued)
    }
}
