use std::collections::{BTreeMap, BTreeSet};

use crate::supervision::ExitReason;

/// Who is told when an actor ends: each watcher exactly once, with the reason, also if the watched one is already gone.
///
/// A watch is used up when it has told. Holds one entry for each pair that watches, and nothing of anybody else; how
/// many others an actor may watch is for the executor to limit.
///
/// ```
/// use consort_protocol::supervision::{ExitReason, Watched, Watches};
///
/// let mut watches = Watches::new();
/// assert!(watches.handle_watch("desk", "order", Watched::Alive).is_none());
/// assert!(watches.watchers(&"order").eq([&"desk"]));
/// let notices = watches.handle_exit(&"order", &ExitReason::Normal);
/// assert_eq!(notices[0].watcher, "desk");
/// assert!(watches.handle_exit(&"order", &ExitReason::Normal).is_empty()); // told once
///
/// let late = watches.handle_watch("desk", "order", Watched::Gone(ExitReason::Normal));
/// assert_eq!(late.unwrap().reason, ExitReason::Normal);
/// ```
#[derive(Clone, Debug)]
pub struct Watches<A> {
    watchers: BTreeMap<A, BTreeSet<A>>,
    /// The other way round, to forget a watcher that ends itself.
    watched: BTreeMap<A, BTreeSet<A>>,
}

/// What is known of an actor when somebody begins to watch it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watched {
    /// It lives, or is about to.
    Alive,
    /// It ended, for this reason.
    Gone(ExitReason),
}

/// To be told to one watcher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice<A> {
    /// Who is told.
    pub watcher: A,
    /// Who ended.
    pub watched: A,
    /// Why.
    pub reason: ExitReason,
}

impl<A: Clone + Ord> Watches<A> {
    /// Nobody watches.
    pub fn new() -> Self {
        Watches { watchers: BTreeMap::new(), watched: BTreeMap::new() }
    }

    /// `watcher` wants to be told of the end of `watched`. A second watch of the same pair is the same watch. If the
    /// watched one is gone, the notice is returned and nothing is kept.
    pub fn handle_watch(&mut self, watcher: A, watched: A, state: Watched) -> Option<Notice<A>> {
        match state {
            Watched::Gone(reason) => Some(Notice { watcher, watched, reason }),
            Watched::Alive => {
                self.watchers.entry(watched.clone()).or_default().insert(watcher.clone());
                self.watched.entry(watcher).or_default().insert(watched);
                None
            }
        }
    }

    /// `watcher` does not want to be told any more.
    pub fn handle_unwatch(&mut self, watcher: &A, watched: &A) {
        take(&mut self.watchers, watched, watcher);
        take(&mut self.watched, watcher, watched);
    }

    /// An actor has ended. Returns whom to tell, in order; what it watched itself is forgotten.
    pub fn handle_exit(&mut self, actor: &A, reason: &ExitReason) -> Vec<Notice<A>> {
        for watched in self.watched.remove(actor).unwrap_or_default() {
            take(&mut self.watchers, &watched, actor);
        }
        let watchers = self.watchers.remove(actor).unwrap_or_default().into_iter();
        let notices = watchers.map(|watcher| {
            take(&mut self.watched, &watcher, actor);
            Notice { watcher, watched: actor.clone(), reason: reason.clone() }
        });
        notices.collect()
    }

    /// Those who watch it, in order.
    pub fn watchers(&self, actor: &A) -> impl Iterator<Item = &A> {
        self.watchers.get(actor).into_iter().flatten()
    }

    /// Whether nobody watches anybody, so that an exit needs no look.
    pub fn is_empty(&self) -> bool {
        self.watchers.is_empty()
    }
}

impl<A: Clone + Ord> Default for Watches<A> {
    fn default() -> Self {
        Watches::new()
    }
}

/// Removes `value` from the set of `key`, and the set if it is then empty.
fn take<A: Ord>(sets: &mut BTreeMap<A, BTreeSet<A>>, key: &A, value: &A) {
    if let Some(set) = sets.get_mut(key) {
        set.remove(value);
        if set.is_empty() {
            sets.remove(key);
        }
    }
}
