//! [`Slots`]: the asks of a lane that wait for their answers.

use std::task::{Context, Poll, Waker};

use bytes::Bytes;

use crate::transport::{Lost, Why};

/// Asks by their correlation.
pub(in crate::transport) struct Slots {
    slots: Vec<Slot>,
    free: Vec<u32>,
}

/// An ask that waits for its answer.
#[derive(Clone, Copy, Debug)]
pub(in crate::transport) struct Asked(pub(super) u32);

enum Slot {
    Free,
    /// The asker waits; the number is that of the record.
    Waiting(u64, Option<Waker>),
    /// The asker is gone; the answer is still to come.
    Abandoned,
    Answered(Result<Bytes, Lost>),
}

/// An answer that nobody asked for: the peer is broken.
#[derive(Debug)]
pub(super) struct NotAsked;

impl Slots {
    pub(super) fn new() -> Self {
        Slots { slots: Vec::new(), free: Vec::new() }
    }

    pub(super) fn waiting(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// The next free place for an answer.
    pub(super) fn peek(&mut self) -> Asked {
        if self.free.is_empty() {
            self.free.push(self.slots.len() as u32);
            self.slots.push(Slot::Free);
        }
        Asked(*self.free.last().unwrap_or(&0))
    }

    /// Takes the place that [`peek`](Self::peek) showed: the answer will be to record `number`.
    pub(super) fn open(&mut self, asked: Asked, number: u64) {
        self.free.pop();
        self.slots[asked.0 as usize] = Slot::Waiting(number, None);
    }

    fn close(&mut self, asked: Asked) {
        self.slots[asked.0 as usize] = Slot::Free;
        self.free.push(asked.0);
    }

    /// The answer came.
    pub(super) fn answer(&mut self, correlation: u32, answer: Result<Bytes, Lost>) -> Result<Option<Waker>, NotAsked> {
        let slot = self.slots.get_mut(correlation as usize).ok_or(NotAsked)?;
        match slot {
            Slot::Waiting(_, waker) => {
                let waker = waker.take();
                *slot = Slot::Answered(answer);
                Ok(waker)
            }
            Slot::Abandoned => {
                self.close(Asked(correlation));
                Ok(None)
            }
            Slot::Free | Slot::Answered(_) => Err(NotAsked),
        }
    }

    pub(super) fn poll(&mut self, asked: Asked, cx: &mut Context<'_>) -> Poll<Result<Bytes, Lost>> {
        let slot = &mut self.slots[asked.0 as usize];
        match slot {
            Slot::Waiting(_, waker) => {
                if !waker.as_ref().is_some_and(|known| known.will_wake(cx.waker())) {
                    *waker = Some(cx.waker().clone());
                }
                Poll::Pending
            }
            Slot::Answered(answer) => {
                let answer = std::mem::replace(answer, Err(Lost::MaybeArrived(Why::Unanswered)));
                self.close(asked);
                Poll::Ready(answer)
            }
            // A place belongs to one asker, which does not come back once it has its answer or gave it up.
            Slot::Free | Slot::Abandoned => Poll::Ready(Err(Lost::MaybeArrived(Why::Unanswered))),
        }
    }

    /// The asker does not want the answer any more.
    pub(super) fn abandon(&mut self, asked: Asked) {
        let slot = &mut self.slots[asked.0 as usize];
        match slot {
            Slot::Waiting(..) => *slot = Slot::Abandoned,
            _ => self.close(asked),
        }
    }

    /// There will be no more answers.
    pub(super) fn end(&mut self, why: &Why, was_sent: impl Fn(u64) -> bool, wakers: &mut Vec<Waker>) {
        for slot in &mut self.slots {
            if let Slot::Waiting(number, waker) = slot {
                wakers.extend(waker.take());
                let lost = if was_sent(*number) { Lost::MaybeArrived } else { Lost::NotSent };
                *slot = Slot::Answered(Err(lost(why.clone())));
            }
        }
    }
}
