//! [`Halves`]: links whose other end lives on another node.

use std::collections::{BTreeMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::task::AbortHandle;

use super::bonds::Partner;
use super::seats::Seat;
use super::{ExitReason, Links};
use crate::remote::{Answering, Far, Heard};

/// Ended links that are remembered for the other end to ask, which it does within milliseconds: twice as many as one
/// actor can have on each of four nodes. One takes some 200 bytes.
const OVER_MAX: usize = 8 * Links::<()>::PARTNERS_MAX;

/// The halves of links between nodes that this one has: each is the link as one of its two ends has it. The node of the
/// other end has the other half, and either half waits for the end of the other one.
#[derive(Default)]
pub(super) struct Halves {
    live: BTreeMap<Name, Half>,
    /// How those ended that did last.
    over: BTreeMap<Name, ExitReason>,
    /// The names of these, the oldest first.
    ended: VecDeque<Name>,
}

/// The end that is here, and the number of the link, the same over all nodes.
type Name = (Arc<str>, u128);

/// A link that one end on this node is to have.
pub(crate) struct Link {
    pub(crate) id: u128,
    /// The end that is here.
    pub(crate) mine: Arc<str>,
    pub(crate) me: Arc<dyn Partner>,
    pub(crate) there: Far,
    /// Whether the other end is known to have it.
    pub(crate) is_known: bool,
}

/// What one end has of its link. Whoever takes it out lets it go only when no lock is held: with it goes a count of the
/// actor.
pub(super) struct Half {
    pub(super) me: Arc<dyn Partner>,
    pub(super) there: Far,
    pub(super) is_known: bool,
    other: Arc<str>,
    /// The other one's node waits here for the end of this one.
    waits: Option<oneshot::Sender<Heard>>,
    _seat: Option<Seat>,
    follower: Task,
}

/// A task that ends when this is dropped.
pub(super) struct Task(Option<AbortHandle>);

impl Task {
    pub(super) fn new(handle: AbortHandle) -> Self {
        Task(Some(handle))
    }

    /// Lets it come to its own end.
    fn release(&mut self) {
        self.0 = None;
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        if let Some(handle) = &self.0 {
            handle.abort();
        }
    }
}

impl Half {
    /// Which actor is at the other end.
    pub(super) fn other(&self) -> &Arc<str> {
        &self.other
    }

    /// Begins to wait for the end of this one. Who waited before waits no more.
    pub(super) fn wait(&mut self) -> oneshot::Receiver<Heard> {
        let (tell, told) = oneshot::channel();
        self.waits = Some(tell);
        told
    }

    /// Tells the other one's node, if it waits.
    pub(super) fn tell(&mut self, heard: Heard) {
        if let Some(waits) = self.waits.take() {
            // an error is that nobody waits any more
            let _ = waits.send(heard);
        }
    }
}

impl Halves {
    /// Begins a half, and to follow the other end.
    pub(super) fn begin(&mut self, link: Link, seat: Option<Seat>) -> &mut Half {
        self.begin_asked(link, seat, None)
    }

    /// The same, of one that was asked for already.
    pub(super) fn begin_asked(&mut self, link: Link, seat: Option<Seat>, asked: Option<Answering>) -> &mut Half {
        let Link { id, mine, me, there, is_known } = link;
        let follower = me.clone().follow_link(id, there.clone(), is_known, asked);
        let other = there.label();
        let half = Half { me, there, is_known, other, waits: None, _seat: seat, follower: Task::new(follower) };
        self.live.entry((mine, id)).or_insert(half)
    }

    pub(super) fn live(&mut self, mine: &Arc<str>, id: u128) -> Option<&mut Half> {
        self.live.get_mut(&(mine.clone(), id))
    }

    /// How it ended, if that is remembered.
    pub(super) fn over(&self, mine: &Arc<str>, id: u128) -> Option<&ExitReason> {
        self.over.get(&(mine.clone(), id))
    }

    /// Takes a half out as if it had never been.
    pub(super) fn take(&mut self, mine: &Arc<str>, id: u128) -> Option<Half> {
        self.live.remove(&(mine.clone(), id))
    }

    /// Takes a half out that has ended, and remembers how.
    pub(super) fn end(&mut self, mine: &Arc<str>, id: u128, reason: ExitReason) -> Option<Half> {
        let mut half = self.take(mine, id)?;
        if !half.is_known && !reason.is_normal() {
            // the link may not have left this node yet, and the other end is to hear of this end all the same: it gets the
            // link, asks for this end, and finds how it ended
            half.follower.release();
        }
        if self.ended.len() == OVER_MAX
            && let Some(oldest) = self.ended.pop_front()
        {
            self.over.remove(&oldest);
        }
        let name = (mine.clone(), id);
        self.ended.push_back(name.clone());
        self.over.insert(name, reason);
        Some(half)
    }

    /// The numbers of an actor's links, those to `other` only if it is named.
    pub(super) fn of(&self, mine: &Arc<str>, other: Option<&str>) -> Vec<u128> {
        let its = self.range(mine).filter(|(_, half)| other.is_none_or(|other| *half.other == *other));
        its.map(|((_, id), _)| *id).collect()
    }

    /// How many links an actor has.
    pub(super) fn count(&self, mine: &Arc<str>) -> usize {
        self.range(mine).count()
    }

    pub(super) fn len(&self) -> usize {
        self.live.len()
    }

    /// Takes all of them out.
    pub(super) fn clear(&mut self) -> Vec<Half> {
        std::mem::take(&mut self.live).into_values().collect()
    }

    fn range(&self, mine: &Arc<str>) -> impl Iterator<Item = (&Name, &Half)> {
        self.live.range((mine.clone(), 0)..=(mine.clone(), u128::MAX))
    }
}

/// A number that nothing else has, on whatever node.
pub(crate) fn any_number() -> u128 {
    let [high, low] = [0, 1].map(|half| RandomState::new().hash_one(half));
    u128::from(high) << 64 | u128::from(low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::Placement;

    struct Actor;

    impl Partner for Actor {
        fn end_for(self: Arc<Self>, _: ExitReason) {}

        fn far(&self) -> Option<Far> {
            None
        }

        fn ask_link(&self, _: u128, _: &Far, _: bool) -> Option<Answering> {
            None
        }

        fn follow_link(self: Arc<Self>, _: u128, _: Far, _: bool, _: Option<Answering>) -> AbortHandle {
            tokio::spawn(std::future::pending::<()>()).abort_handle()
        }
    }

    fn link(mine: &Arc<str>, id: u128) -> Link {
        let there = Far::new("order", "/order/7", "7".into(), Placement::Key(3));
        Link { id, mine: mine.clone(), me: Arc::new(Actor), there, is_known: true }
    }

    #[tokio::test]
    async fn as_many_ended_links_are_remembered_as_are_allowed_and_not_one_more() {
        let (mut halves, clerk) = (Halves::default(), Arc::<str>::from("clerk/clerk/1"));
        for id in 0..=OVER_MAX as u128 {
            if id == OVER_MAX as u128 {
                assert!(halves.over(&clerk, 0).is_some());
            }
            halves.begin(link(&clerk, id), None);
            assert!(halves.end(&clerk, id, ExitReason::Normal).is_some());
            assert!(halves.end(&clerk, id, ExitReason::Normal).is_none(), "once");
        }
        assert_eq!((halves.over(&clerk, 0), halves.over(&clerk, 1)), (None, Some(&ExitReason::Normal)));
        assert_eq!((halves.len(), halves.over.len(), halves.ended.len()), (0, OVER_MAX, OVER_MAX));
    }

    #[tokio::test]
    async fn links_are_those_of_one_actor_or_of_a_pair() {
        let (mut halves, clerks) = (Halves::default(), ["clerk/clerk/1", "clerk/clerk/10"].map(Arc::<str>::from));
        halves.begin(link(&clerks[0], 5), None);
        halves.begin(link(&clerks[1], 6), None);
        assert_eq!((halves.of(&clerks[0], None), halves.of(&clerks[1], Some("order/order/7"))), (vec![5], vec![6]));
        assert!(halves.of(&clerks[0], Some("order/order/8")).is_empty());
        assert!(halves.take(&clerks[0], 5).is_some());
        assert_eq!((halves.count(&clerks[0]), halves.over(&clerks[0], 5)), (0, None), "taken, not ended");
    }
}
