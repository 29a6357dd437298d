//! [`Doorstep`]: where calls wait that find a mailbox full.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Where the calls of one sender, or of several whose calls come one after the other, wait that find the mailbox of their
/// actor full. The sender has gone on to its next call meanwhile, and that must not pass: here they stand in lines, one
/// for each such actor.
///
/// Each lane of a link has a doorstep. How many calls stand on it is bounded by what the link lets through unanswered.
#[derive(Default)]
pub struct Doorstep {
    /// How many actors have a line: mostly none has.
    count: AtomicUsize,
    /// By the address of the actor's cell, which each call in the line keeps alive.
    lines: Mutex<HashMap<usize, Line>>,
}

struct Line {
    /// The one permit is the first place.
    first: Arc<Semaphore>,
    calls: usize,
}

/// A call's place in a line. Dropping it leaves the line, and lets the next one go first.
pub(super) struct InLine {
    doorstep: Arc<Doorstep>,
    actor: usize,
    /// It is the first.
    first: Option<OwnedSemaphorePermit>,
}

impl Doorstep {
    /// Whether nobody stands here.
    pub fn is_clear(&self) -> bool {
        self.count.load(Ordering::Acquire) == 0
    }

    /// Waits behind the calls that wait for this actor, if there are any. The place is taken at the first poll.
    pub(super) async fn behind(self: Arc<Self>, actor: usize) -> Option<InLine> {
        // its calls come one after the other: none begins a line meanwhile
        if self.is_clear() {
            return None;
        }
        let first = {
            let mut lines = self.lines.lock();
            let line = lines.get_mut(&actor)?;
            line.calls += 1;
            line.first.clone()
        };
        let mut place = InLine { doorstep: self, actor, first: None };
        // it is never closed
        place.first = first.acquire_owned().await.ok();
        Some(place)
    }

    /// Begins a line: the first that finds no room.
    pub(super) fn begin(self: &Arc<Self>, actor: usize) -> InLine {
        let mut lines = self.lines.lock();
        let line = lines.entry(actor).or_insert_with(|| {
            self.count.fetch_add(1, Ordering::Release);
            Line { first: Arc::new(Semaphore::new(1)), calls: 0 }
        });
        line.calls += 1;
        InLine { doorstep: self.clone(), actor, first: line.first.clone().try_acquire_owned().ok() }
    }
}

impl Drop for InLine {
    fn drop(&mut self) {
        let mut lines = self.doorstep.lines.lock();
        if let Some(line) = lines.get_mut(&self.actor) {
            line.calls -= 1;
            if line.calls == 0 {
                lines.remove(&self.actor);
                self.doorstep.count.fetch_sub(1, Ordering::Release);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Doorstep;
    use std::pin::pin;
    use std::sync::Arc;
    use std::task::{Context, Poll, Waker};

    #[test]
    fn those_behind_go_in_their_order_and_the_line_ends_with_the_last() {
        let doorstep = Arc::new(Doorstep::default());
        let cx = &mut Context::from_waker(Waker::noop());
        assert!(matches!(pin!(doorstep.clone().behind(1)).poll(cx), Poll::Ready(None)));
        let first = doorstep.begin(1);
        let (mut second, mut third) = (pin!(doorstep.clone().behind(1)), pin!(doorstep.clone().behind(1)));
        assert!(second.as_mut().poll(cx).is_pending() && third.as_mut().poll(cx).is_pending());
        assert!(matches!(pin!(doorstep.clone().behind(2)).poll(cx), Poll::Ready(None)), "another actor");
        drop(first);
        assert!(third.as_mut().poll(cx).is_pending());
        let Poll::Ready(Some(second)) = second.as_mut().poll(cx) else { panic!("it is the first now") };
        drop(second);
        assert!(third.as_mut().poll(cx).is_ready());
        assert!(doorstep.lines.lock().is_empty());
        assert!(matches!(pin!(doorstep.clone().behind(1)).poll(cx), Poll::Ready(None)));
    }
}
