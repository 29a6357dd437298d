//! [`Halves`]: links whose other end lives on another node.

use std::collections::{BTreeMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::task::AbortHandle;

use super::bonds::Partner;
use super::seats::Seat;
use super::{ExitReason, Links};
use crate::remote::{Far, Heard};

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
}

/// What one end has of its link. Whoever takes it out lets it go only when no lock is held: with it goes a count of the
/// actor.
pub(super) struct Half {
    pub(super) me: Arc<dyn Partner>,
    pub(super) there: Far,
    other: Arc<str>,
    /// The other one's node waits here for the end of this one.
    waits: Option<oneshot::Sender<Heard>>,
    _seat: Option<Seat>,
    _follower: Task,
}

/// A task that ends when this is dropped.
pub(super) struct Task(pub(super) AbortHandle);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
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
    /// Begins a half, and to follow the other end: as one that is known there, or a new one.
    pub(super) fn begin(&mut self, link: Link, is_known: bool, seat: Option<Seat>) -> &mut Half {
        let Link { id, mine, me, there } = link;
        let follower = me.clone().follow_link(id, there.clone(), is_known);
        let other = there.label();
        let half = Half { me, there, other, waits: None, _seat: seat, _follower: Task(follower) };
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
        let half = self.take(mine, id)?;
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

    fn range(&self, mine: &Arc<str>) -> impl Iterator<Item = (&Name, &Half)> {
        self.live.range((mine.clone(), 0)..=(mine.clone(), u128::MAX))
    }
}

/// A number that nothing else has, on whatever node.
pub(crate) fn any_number() -> u128 {
    let [high, low] = [0, 1].map(|half| RandomState::new().hash_one(half));
    u128::from(high) << 64 | u128::from(low)
}
