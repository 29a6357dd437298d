//! [`Bonds`]: who shares the fate of whom, and who is told.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

use consort_protocol::supervision::{LinkError, Links, Watched, Watches};
use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;

use super::halves::{Halves, Task};
use super::seats::{Seat, Seats};
use super::{BondError, End, ExitReason};
use crate::remote::{Answering, Far, Heard};

/// Watches that one actor may keep: as many as links.
const WATCHES_MAX: usize = Links::<()>::PARTNERS_MAX;

type Telling = Box<dyn FnOnce(End) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// An actor that can be told to end with another.
pub(crate) trait Partner: Send + Sync {
    /// Ends it for this reason, after its running handler and ahead of its mail.
    fn end_for(self: Arc<Self>, reason: ExitReason);
    /// How other nodes find it, if they do.
    fn far(&self) -> Option<Far>;
    /// Asks for the end of the actor at the other end of this link. Whether the link is known there.
    fn ask_link(&self, id: u128, there: &Far, is_known: bool) -> Option<Answering>;
    /// Waits for that end, and goes on to ask for it; `asked` is what was asked so far.
    fn follow_link(self: Arc<Self>, id: u128, there: Far, is_known: bool, asked: Option<Answering>) -> AbortHandle;
}

/// The links and watches of a node, by the names of actors (`service/path`).
#[derive(Default)]
pub(crate) struct Bonds {
    /// Whether there is any: an end needs no look otherwise.
    any: AtomicBool,
    pub(super) tied: Mutex<Tied>,
    seats: Seats,
}

#[derive(Default)]
pub(super) struct Tied {
    pub(super) links: Links<Arc<str>>,
    /// Links to actors of other nodes.
    pub(super) halves: Halves,
    /// Those that are linked here.
    pub(super) partners: BTreeMap<Arc<str>, Weak<dyn Partner>>,
    watches: Watches<Arc<str>>,
    /// By watcher, then by watched.
    tellings: BTreeMap<Arc<str>, BTreeMap<Arc<str>, Telling>>,
    /// Watched ones that live on other nodes, each with the task that hears of them.
    followed: BTreeMap<Arc<str>, Follower>,
    followers: u64,
}

/// A task that hears of an actor on another node.
struct Follower {
    number: u64,
    _task: Task,
}

impl Bonds {
    /// Links two live actors.
    pub(crate) fn link(
        &self,
        one: (Arc<str>, Weak<dyn Partner>),
        other: (Arc<str>, Weak<dyn Partner>),
    ) -> Result<(), BondError> {
        let mut tied = self.tied.lock();
        if !tied.links.partners(&one.0).any(|partner| *partner == other.0) {
            tied.check_room(&one.0)?;
            tied.check_room(&other.0)?;
        }
        tied.links.handle_link(one.0.clone(), other.0.clone()).map_err(|error| match error {
            LinkError::Itself(who) => BondError::Itself { who },
            LinkError::TooMany { actor } => BondError::TooMany { who: actor, max: Links::<()>::PARTNERS_MAX },
        })?;
        tied.partners.extend([one, other]);
        self.any.store(true, Ordering::Release);
        Ok(())
    }

    /// The two no longer share their fate, wherever the other one lives.
    pub(crate) fn unlink(&self, one: &Arc<str>, other: &Arc<str>) {
        let mut tied = self.tied.lock();
        tied.links.handle_unlink(one, other);
        tied.forget_unlinked(&[one.clone(), other.clone()]);
        let ids = tied.halves.of(one, Some(other));
        let over: Vec<_> = ids.iter().filter_map(|id| tied.halves.end(one, *id, ExitReason::Normal)).collect();
        self.note(&tied);
        drop(tied);
        over.into_iter().for_each(|mut half| half.tell(Heard::Ended(ExitReason::Normal)));
    }

    /// `watcher` wants `tell` to run once `watched` has ended; now, if it has (`state`).
    pub(crate) fn watch(
        &self,
        watcher: Arc<str>,
        watched: Arc<str>,
        state: Watched,
        tell: Telling,
        runtime: &Handle,
    ) -> Result<(), BondError> {
        let mut tied = self.tied.lock();
        let kept = tied.tellings.get(&watcher).map_or(0, BTreeMap::len);
        if kept >= WATCHES_MAX && !tied.tellings[&watcher].contains_key(&watched) {
            return Err(BondError::TooMany { who: watcher, max: WATCHES_MAX });
        }
        if let Some(notice) = tied.watches.handle_watch(watcher.clone(), watched.clone(), state) {
            drop(tied);
            runtime.spawn(tell(End { who: notice.watched, reason: notice.reason }));
            return Ok(());
        }
        // a second watch of the same pair is the same watch
        tied.tellings.entry(watcher).or_default().entry(watched).or_insert(tell);
        self.any.store(true, Ordering::Release);
        Ok(())
    }

    /// A place for a watch from another node, to be kept as long as the watch; `None` if there are too many.
    pub(crate) fn take_seat(&self) -> Option<Seat> {
        self.seats.take()
    }

    /// `watcher` does not want to be told any more.
    pub(crate) fn unwatch(&self, watcher: &Arc<str>, watched: &Arc<str>) {
        let mut tied = self.tied.lock();
        tied.watches.handle_unwatch(watcher, watched);
        let telling = tied.take_telling(watcher, watched);
        let follower = tied.take_idle_follower(watched);
        self.note(&tied);
        drop(tied);
        drop((telling, follower));
    }

    /// Whether somebody here follows an actor on another node already.
    pub(crate) fn is_followed(&self, watched: &Arc<str>) -> bool {
        self.tied.lock().followed.contains_key(watched)
    }

    /// A watched actor lives on another node: unless that is known, `begin` begins to follow it there, as the one of this
    /// number.
    pub(crate) fn follow(&self, watched: &Arc<str>, begin: impl FnOnce(u64) -> AbortHandle) {
        let mut tied = self.tied.lock();
        if tied.is_watched(watched) && !tied.followed.contains_key(watched) {
            tied.followers += 1;
            let number = tied.followers;
            tied.followed.insert(watched.clone(), Follower { number, _task: Task::new(begin(number)) });
        }
    }

    /// The follower of this number heard that the actor has ended.
    pub(crate) fn on_told(&self, who: &Arc<str>, number: u64, reason: &ExitReason, runtime: &Handle) {
        let is_current = self.tied.lock().followed.get(who).is_some_and(|follower| follower.number == number);
        if is_current {
            self.on_end(who, reason, runtime);
        }
    }

    /// An actor leaves this node. Those who watch it from other nodes, as their names say, are to watch it where it goes.
    /// Whether any do from this one.
    pub(crate) fn depart(&self, who: &Arc<str>, is_from_afar: impl Fn(&str) -> bool) -> bool {
        let mut tied = self.tied.lock();
        let (afar, here): (Vec<_>, Vec<_>) =
            tied.watches.watchers(who).cloned().partition(|watcher| is_from_afar(watcher));
        for watcher in &afar {
            tied.watches.handle_unwatch(watcher, who);
        }
        let unheard: Vec<_> = afar.iter().filter_map(|watcher| tied.take_telling(watcher, who)).collect();
        self.note(&tied);
        drop(tied);
        drop(unheard);
        !here.is_empty()
    }

    /// Whether anybody is bound to anybody.
    pub(crate) fn any(&self) -> bool {
        self.any.load(Ordering::Acquire)
    }

    /// An actor has ended: tells its watchers, ends those linked to it.
    pub(crate) fn on_end(&self, who: &Arc<str>, reason: &ExitReason, runtime: &Handle) {
        let mut tied = self.tied.lock();
        let notices = tied.watches.handle_exit(who, reason);
        let told: Vec<(Telling, End)> = notices
            .into_iter()
            .filter_map(|notice| {
                let telling = tied.take_telling(&notice.watcher, &notice.watched)?;
                Some((telling, End { who: notice.watched, reason: notice.reason }))
            })
            .collect();
        let unheard = tied.tellings.remove(who).unwrap_or_default();
        let mut followers: Vec<_> = unheard.keys().filter_map(|watched| tied.take_idle_follower(watched)).collect();
        followers.extend(tied.followed.remove(who));
        let over = tied.end_links(who, reason);
        self.note(&tied);
        // what runs from here on is the users' code
        drop(tied);
        drop((unheard, followers));
        told.into_iter().for_each(|(telling, end)| drop(runtime.spawn(telling(end))));
        over.tell(who, reason);
    }

    /// How many links and watches there are: a link between two actors of this node counts for each of them.
    pub(crate) fn count(&self) -> usize {
        let tied = self.tied.lock();
        let links: usize = tied.partners.keys().map(|who| tied.links.partners(who).count()).sum();
        links + tied.halves.len() + tied.tellings.values().map(BTreeMap::len).sum::<usize>()
    }

    pub(super) fn note(&self, tied: &Tied) {
        let none = tied.links.is_empty() && tied.watches.is_empty() && tied.halves.len() == 0;
        self.any.store(!none, Ordering::Release);
    }
}

impl Tied {
    fn take_telling(&mut self, watcher: &Arc<str>, watched: &Arc<str>) -> Option<Telling> {
        let tellings = self.tellings.get_mut(watcher)?;
        let telling = tellings.remove(watched);
        if tellings.is_empty() {
            self.tellings.remove(watcher);
        }
        telling
    }

    /// Who follows an actor that nobody watches any more.
    fn take_idle_follower(&mut self, watched: &Arc<str>) -> Option<Follower> {
        if self.is_watched(watched) { None } else { self.followed.remove(watched) }
    }

    fn is_watched(&self, actor: &Arc<str>) -> bool {
        self.watches.watchers(actor).next().is_some()
    }

    pub(super) fn forget_unlinked(&mut self, actors: &[Arc<str>]) {
        for actor in actors {
            if self.links.partners(actor).next().is_none() {
                self.partners.remove(actor);
            }
        }
    }
}
