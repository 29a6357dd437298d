//! [`Waits`]: tells of another node that wait for room.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::Notify;

use super::Actor;

/// A sender is told again after so many more: it may not have heard, or have found its way anew.
const AGAIN: usize = 64;

/// Bytes that wait without taking room on their lane: what a sender sends in some milliseconds, until it hears that it is
/// not to. Its question for room has to come behind all of that.
const OWN_ROOM: usize = 4 << 20;

/// The tells of one lane that wait for room in mailboxes, by actor.
#[derive(Default)]
pub(crate) struct Waits {
    waiting: Mutex<Waiting>,
    /// For some actor none waits any more.
    gone: Notify,
}

#[derive(Default)]
struct Waiting {
    actors: HashMap<Actor, usize>,
    /// Those that take no room on the lane.
    bytes: usize,
}

/// One that waits, until this is dropped.
pub(crate) struct Wait {
    waits: Arc<Waits>,
    actor: Actor,
    /// None if it takes room on its lane.
    bytes: usize,
    /// The sender has to hear that it is to send no more.
    pub(crate) is_to_be_told: bool,
}

impl Wait {
    /// Whether it takes no room on its lane.
    pub(crate) fn has_own_room(&self) -> bool {
        self.bytes > 0
    }
}

impl Waits {
    /// One more, of so many bytes.
    pub(crate) fn begin(self: &Arc<Self>, actor: Actor, bytes: usize) -> Wait {
        let mut waiting = self.waiting.lock();
        let count = waiting.actors.entry(actor).or_default();
        *count += 1;
        let is_to_be_told = *count % AGAIN == 1;
        let bytes = if waiting.bytes + bytes <= OWN_ROOM { bytes } else { 0 };
        waiting.bytes += bytes;
        Wait { waits: self.clone(), actor, bytes, is_to_be_told }
    }

    /// Waits until none does for this actor. Cancel safe.
    pub(crate) async fn until_none(&self, actor: Actor) {
        loop {
            // before the look: what goes between the two is heard
            let gone = self.gone.notified();
            if !self.waiting.lock().actors.contains_key(&actor) {
                return;
            }
            gone.await;
        }
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        let mut waiting = self.waits.waiting.lock();
        waiting.bytes -= self.bytes;
        if let Some(count) = waiting.actors.get_mut(&self.actor) {
            *count -= 1;
            if *count == 0 {
                waiting.actors.remove(&self.actor);
                self.waits.gone.notify_waiters();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Waker};

    use super::*;

    #[test]
    fn a_sender_is_told_of_the_first_and_of_every_64th_and_none_waits_after_the_last() {
        let (waits, actor) = (Arc::<Waits>::default(), Actor(7));
        let waiting: Vec<_> = (0..130).map(|_| waits.begin(actor, 1)).collect();
        let told = waiting.iter().enumerate().filter_map(|(at, wait)| wait.is_to_be_told.then_some(at));
        assert_eq!(told.collect::<Vec<_>>(), [0, 64, 128]);
        let (mut none, cx) = (pin!(waits.until_none(actor)), &mut Context::from_waker(Waker::noop()));
        assert!(pin!(waits.until_none(Actor(8))).poll(cx).is_ready(), "another actor");
        for wait in waiting {
            assert!(none.as_mut().poll(cx).is_pending());
            drop(wait);
        }
        assert!(none.as_mut().poll(cx).is_ready() && waits.waiting.lock().actors.is_empty());
    }

    #[test]
    fn what_does_not_fit_takes_room_on_its_lane_until_others_are_gone() {
        let waits = Arc::<Waits>::default();
        let most = waits.begin(Actor(7), OWN_ROOM - 1);
        let (more, last) = (waits.begin(Actor(8), 2), waits.begin(Actor(8), 1));
        assert_eq!([&most, &more, &last].map(Wait::has_own_room), [true, false, true]);
        drop((most, more));
        assert!(waits.begin(Actor(7), OWN_ROOM - 1).has_own_room());
    }
}
