//! The owner's batch: messages out of the mailbox, the room that is free again, and the end of a turn.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Waker;

use crate::engine::cell::Cell;
use crate::engine::mail::{Item, Mail};
use crate::engine::side::Side;
use crate::engine::word::{COLD, MAIL, OWNED, SIGNAL, WAITERS, WordGuard};
use crate::service::Service;

impl<S: Service> Cell<S> {
    /// Puts a message that was admitted where the owner finds it. If there is none, the caller is: then it goes into the
    /// batch at once, and the owner need not enter the mailbox for it.
    #[inline(always)]
    pub(in crate::engine) fn hand_in(self: &Arc<Self>, side: &Side, mut guard: WordGuard<'_>, item: Item) {
        if guard.own() {
            drop(guard);
            // SAFETY: the cell is the caller's; the borrow ends here. Of a cell that nobody owned the batch was empty.
            unsafe { (*side.owner.desk.get()).batch.push_back(item) };
            self.schedule();
        } else {
            // SAFETY: the guard is held.
            unsafe { (*side.mail.get()).push(item) };
            guard.bits |= MAIL;
        }
    }

    /// Whether there is a message in the batch, after a look into the mailbox if that is due.
    #[inline(always)]
    pub(in crate::engine) fn has_next(&self, side: &Side) -> bool {
        // SAFETY: the caller owns the cell; the borrow ends here.
        let is_empty = unsafe { (*side.owner.desk.get()).batch.is_empty() };
        if is_empty | side.owner.news.crowded.load(Ordering::Relaxed) {
            self.look_for_next(side, is_empty)
        } else {
            true
        }
    }

    #[inline(never)]
    fn look_for_next(&self, side: &Side, is_empty: bool) -> bool {
        if is_empty && self.word.peek() & MAIL == 0 {
            return false;
        }
        if is_empty || side.owner.begun.is_half(self.kind.limits) {
            self.settle(side, true);
        }
        // SAFETY: as above.
        unsafe { !(*side.owner.desk.get()).batch.is_empty() }
    }

    /// The next message, out of the batch or the mailbox.
    pub(in crate::engine) fn next_item(&self, side: &Side) -> Option<Item> {
        if !self.has_next(side) {
            return None;
        }
        // SAFETY: the caller owns the cell; the borrow ends here.
        let item = unsafe { (*side.owner.desk.get()).batch.pop_front() }?;
        side.owner.begun.add(weight_of(&item));
        Some(item)
    }

    /// Frees the room of what was begun before the cell is left with a handler that is suspended.
    pub(in crate::engine) fn settle_before_rest(&self) {
        if let Some(side) = self.existing_side()
            && !side.owner.begun.is_empty()
        {
            self.settle(side, false);
        }
    }

    /// Frees the room of what was begun, wakes the senders there is room for; `refill` also takes the next batch.
    fn settle(&self, side: &Side, refill: bool) {
        let mut guard = self.word.lock();
        // SAFETY: the guard is held, and the caller owns the cell.
        let (mail, desk) = unsafe { (&mut *side.mail.get(), &mut *side.owner.desk.get()) };
        let begun = &side.owner.begun;
        let (settled, waiting) = (mail.settle(begun), mail.waiting(begun));
        self.kind.health.note_fill(waiting);
        if refill && desk.batch.is_empty() {
            mail.take_batch(&mut desk.batch);
            guard.bits &= !MAIL;
        }
        let admitted = self.admit_waiters(&mut guard, mail);
        drop(guard);
        self.keep_pace(settled, waiting);
        wake_all(admitted);
    }

    /// The senders for which there is room now, if any wait.
    #[inline(always)]
    fn admit_waiters(&self, guard: &mut WordGuard<'_>, mail: &mut Mail) -> Option<Vec<Waker>> {
        if guard.bits & WAITERS == 0 {
            return None;
        }
        let admitted = mail.admitted(self.kind.limits);
        if !mail.has_waiters() {
            self.set_crowded(guard, false);
        }
        Some(admitted)
    }

    /// Gives the cell back; false if there is more to do.
    pub(in crate::engine) fn release(&self) -> bool {
        let side = self.existing_side();
        if let Some(side) = side {
            // SAFETY: the caller owns the cell; the borrow ends here.
            let is_busy = unsafe {
                let desk = &*side.owner.desk.get();
                !desk.batch.is_empty() || desk.operation.is_some() || !(*self.parked.get()).is_null()
            };
            // what has come meanwhile is measured, and its room freed, with the next batch
            if is_busy || self.word.peek() & (MAIL | SIGNAL) != 0 {
                return false;
            }
            self.keep_pace(0, 0);
        }
        let live = self.is_live();
        let mut guard = self.word.lock();
        let admitted = side.and_then(|side| {
            // SAFETY: the guard is held.
            let mail = unsafe { &mut *side.mail.get() };
            mail.settle(&side.owner.begun);
            self.admit_waiters(&mut guard, mail)
        });
        let is_idle = guard.bits & (MAIL | SIGNAL) == 0;
        if is_idle {
            let kept = guard.bits & !(OWNED | COLD);
            // looked at under the lock: who changes it locks the word afterwards
            guard.bits = if live && self.may_be_hot() { kept } else { kept | COLD };
        }
        drop(guard);
        wake_all(admitted);
        is_idle
    }
}

#[inline(always)]
fn wake_all(admitted: Option<Vec<Waker>>) {
    if let Some(admitted) = admitted {
        admitted.into_iter().for_each(Waker::wake);
    }
}

/// Bytes that a message takes of the mailbox's bound.
pub(in crate::engine) fn weight_of(item: &Item) -> u64 {
    match item {
        // SAFETY: queued frames have their header written.
        Item::Frame(header) => unsafe { u64::from((**header).weight) },
        Item::Small(..) => 0,
    }
}
