//! The mailbox: bounded, first in first out, guarded by the lock bit of the cell's word.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::task::Waker;
use std::time::Duration;

use crate::engine::answer::Answer;
use crate::engine::away::Heir;
use crate::engine::frame::{Header, VTable};
use crate::supervision::ExitReason;

/// Arguments up to this size travel in the mailbox's slots; larger ones in a frame.
pub(crate) const SMALL: usize = 2 * size_of::<usize>();

/// One message.
pub(crate) enum Item {
    /// A frame that holds the arguments (and, for an ask, who waits).
    Frame(*mut Header),
    /// A small tell, in place.
    Small(&'static VTable, [usize; 2]),
}

// SAFETY: what an item points to or holds are the arguments of a call, which are Send by the bounds of `Method`.
unsafe impl Send for Item {}

/// A system message. It goes ahead of mail.
pub(crate) enum Signal {
    /// Start an activation if there is none.
    Start(Answer),
    /// Run the stop hook, end the activation.
    Stop(Answer),
    /// Stop, then start anew.
    Restart(Answer),
    /// Stop because nobody called for long; dropped when a call came in meanwhile.
    Passivate,
    /// End as if it had crashed, for this reason.
    End(ExitReason),
    /// End what made no progress for so long, if it still stands as dead.
    Kill(Duration),
    /// End, since the key moves to another node, and hand the state over.
    Leave(Heir),
    /// End where it is: the key is another node's already.
    Fence,
    /// Ask the instance whether it is well.
    Probe,
    /// Tell the activation that its configuration has changed.
    #[cfg(feature = "config")]
    Configured,
}

/// The limits of a mailbox.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Messages that wait at most.
    pub(crate) messages: u32,
    /// Bytes of arguments that wait at most, [`BYTES_MIN`](Limits::BYTES_MIN) at least.
    pub(crate) bytes: u64,
}

impl Limits {
    /// A mailbox holds this much at least: a few numbers and the slots of a few strings. So a call whose arguments are
    /// no larger and have nothing on the heap is never too large, which its type tells without a look at any limit.
    pub(crate) const BYTES_MIN: u64 = 256;
}

/// What waits for the actor.
#[derive(Default)]
pub(crate) struct Mail {
    queue: VecDeque<Item>,
    /// Messages in `queue`, in the batch the owner works on, and those of it begun since it settled last.
    messages: u32,
    bytes: u64,
    /// Signals in order of arrival.
    pub(crate) signals: VecDeque<Signal>,
    waiters: VecDeque<Waiter>,
    last_ticket: u64,
}

/// A sender that waits for room.
struct Waiter {
    ticket: u64,
    waker: Waker,
}

/// What the owner has begun since it settled last: room already, though [`Mail`] still counts it.
///
/// The owner alone writes it, and resets it only inside the mailbox. A sender reads it there when the mailbox looks
/// full, so that the bound is exact and settling can be rare.
#[derive(Default)]
pub(crate) struct Begun {
    messages: AtomicU32,
    bytes: AtomicU64,
}

impl Begun {
    /// One more message was begun. Owner only.
    #[inline]
    pub(crate) fn add(&self, bytes: u64) {
        self.messages.store(self.messages.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        if bytes != 0 {
            self.bytes.store(self.bytes.load(Ordering::Relaxed) + bytes, Ordering::Relaxed);
        }
    }

    /// The message begun last goes back. Owner only.
    pub(crate) fn take_back(&self, bytes: u64) {
        self.messages.store(self.messages.load(Ordering::Relaxed) - 1, Ordering::Relaxed);
        self.bytes.store(self.bytes.load(Ordering::Relaxed) - bytes, Ordering::Relaxed);
    }

    fn read(&self) -> (u32, u64) {
        (self.messages.load(Ordering::Relaxed), self.bytes.load(Ordering::Relaxed))
    }

    /// Nothing was begun since.
    pub(crate) fn is_empty(&self) -> bool {
        self.messages.load(Ordering::Relaxed) == 0
    }

    /// Half of the room is free again: worth waking senders for, since each wake-up costs more than a message.
    pub(crate) fn is_half(&self, limits: Limits) -> bool {
        let (messages, bytes) = self.read();
        messages >= limits.messages.div_ceil(2) || bytes >= limits.bytes.div_ceil(2)
    }
}

impl Signal {
    /// Whether a second one says no more than the first.
    pub(crate) fn repeats(&self, queued: &Signal) -> bool {
        matches!(
            (self, queued),
            (Signal::Passivate, Signal::Passivate) | (Signal::Probe, Signal::Probe) | (Signal::Fence, Signal::Fence)
        )
    }
}

impl Mail {
    /// Whether a message of `weight` bytes fits; if not, the limit that is reached. One message always fits an empty
    /// mailbox of bytes.
    #[inline]
    pub(crate) fn check_room(&self, weight: u64, limits: Limits, begun: &Begun) -> Result<(), u32> {
        let fits = |bytes| bytes == 0 || bytes + weight <= limits.bytes;
        if self.messages < limits.messages && fits(self.bytes) {
            return Ok(());
        }
        let (messages, bytes) = begun.read();
        if self.messages - messages >= limits.messages {
            Err(limits.messages)
        } else if fits(self.bytes - bytes) {
            Ok(())
        } else {
            Err(limits.bytes.try_into().unwrap_or(u32::MAX))
        }
    }

    /// Messages that wait or were taken and not begun.
    pub(crate) fn messages(&self) -> u32 {
        self.messages
    }

    /// Counts a message: one for which there is [room](Mail::check_room), or one that goes back to the front, though its
    /// room was free already, since it was here before all others.
    #[inline]
    pub(crate) fn admit(&mut self, weight: u64) {
        self.messages += 1;
        self.bytes += weight;
    }

    /// Appends a message that was admitted under the same lock.
    #[inline]
    pub(crate) fn push(&mut self, item: Item) {
        self.queue.push_back(item);
    }

    /// Swaps everything that waits with the owner's empty batch.
    pub(crate) fn take_batch(&mut self, batch: &mut VecDeque<Item>) {
        debug_assert!(batch.is_empty());
        // back to the front of its buffer, which is in the cache
        batch.clear();
        std::mem::swap(&mut self.queue, batch);
    }

    /// Frees the room of what the owner has begun since it settled last; how many that were.
    pub(crate) fn settle(&mut self, begun: &Begun) -> u32 {
        let (messages, bytes) = begun.read();
        self.messages -= messages;
        self.bytes -= bytes;
        begun.messages.store(0, Ordering::Relaxed);
        begun.bytes.store(0, Ordering::Relaxed);
        messages
    }

    /// Remembers a sender that waits for room: under the ticket it has, or a new one.
    pub(crate) fn wait(&mut self, ticket: Option<u64>, waker: &Waker) -> u64 {
        let known = ticket.and_then(|ticket| self.waiters.iter_mut().find(|waiter| waiter.ticket == ticket));
        if let Some(known) = known {
            known.waker.clone_from(waker);
            return known.ticket;
        }
        self.last_ticket += 1;
        self.waiters.push_back(Waiter { ticket: self.last_ticket, waker: waker.clone() });
        self.last_ticket
    }

    /// Forgets a sender that was served.
    pub(crate) fn forget(&mut self, ticket: u64) {
        self.waiters.retain(|waiter| waiter.ticket != ticket);
    }

    /// Forgets a sender that gave up. If it had been woken for room it does not use, that is another's: the
    /// waker of the next.
    pub(crate) fn leave(&mut self, ticket: u64) -> Option<Waker> {
        match self.waiters.iter().position(|waiter| waiter.ticket == ticket) {
            Some(at) => {
                self.waiters.remove(at);
                None
            }
            None => self.waiters.pop_front().map(|waiter| waiter.waker),
        }
    }

    /// The senders to be woken now: as many as there is room for, first come first served.
    pub(crate) fn admitted(&mut self, limits: Limits) -> Vec<Waker> {
        let room = limits.messages.saturating_sub(self.messages) as usize;
        let count = room.min(self.waiters.len());
        self.waiters.drain(..count).map(|waiter| waiter.waker).collect()
    }

    /// How many messages wait. Asked inside the mailbox.
    pub(crate) fn waiting(&self, begun: &Begun) -> u32 {
        self.messages - begun.read().0
    }

    /// Whether senders wait for room.
    pub(crate) fn has_waiters(&self) -> bool {
        !self.waiters.is_empty()
    }
}
