//! [`Bonds`]: who shares the fate of whom, and who is told.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

use consort_protocol::supervision::{LinkError, Links, Watched, Watches};
use parking_lot::Mutex;
use tokio::runtime::Handle;

use super::{BondError, End, ExitReason};

/// Watches that one actor may keep: as many as links.
const WATCHES_MAX: usize = Links::<()>::PARTNERS_MAX;

type Telling = Box<dyn FnOnce(End) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// An actor that can be told to end with another.
pub(crate) trait Partner: Send + Sync {
    /// Ends it for this reason, after its running handler and ahead of its mail.
    fn end_for(self: Arc<Self>, reason: ExitReason);
}

/// The links and watches of a node, by the names of actors (`service/path`).
#[derive(Default)]
pub(crate) struct Bonds {
    /// Whether there is any: an end needs no look otherwise.
    any: AtomicBool,
    tied: Mutex<Tied>,
}

#[derive(Default)]
struct Tied {
    links: Links<Arc<str>>,
    /// Those that are linked.
    partners: BTreeMap<Arc<str>, Weak<dyn Partner>>,
    watches: Watches<Arc<str>>,
    /// By watcher, then by watched.
    tellings: BTreeMap<Arc<str>, BTreeMap<Arc<str>, Telling>>,
}

impl Bonds {
    /// Links two live actors.
    pub(crate) fn link(
        &self,
        one: (Arc<str>, Weak<dyn Partner>),
        other: (Arc<str>, Weak<dyn Partner>),
    ) -> Result<(), BondError> {
        let mut tied = self.tied.lock();
        tied.links.handle_link(one.0.clone(), other.0.clone()).map_err(|error| match error {
            LinkError::Itself(who) => BondError::Itself { who },
            LinkError::TooMany { actor } => BondError::TooMany { who: actor, max: Links::<()>::PARTNERS_MAX },
        })?;
        tied.partners.extend([one, other]);
        self.any.store(true, Ordering::Release);
        Ok(())
    }

    /// The two no longer share their fate.
    pub(crate) fn unlink(&self, one: &Arc<str>, other: &Arc<str>) {
        let mut tied = self.tied.lock();
        tied.links.handle_unlink(one, other);
        tied.forget_unlinked(&[one.clone(), other.clone()]);
        self.note(&tied);
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

    /// `watcher` does not want to be told any more.
    pub(crate) fn unwatch(&self, watcher: &Arc<str>, watched: &Arc<str>) {
        let mut tied = self.tied.lock();
        tied.watches.handle_unwatch(watcher, watched);
        let telling = tied.take_telling(watcher, watched);
        self.note(&tied);
        drop(tied);
        drop(telling);
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
        let unheard = tied.tellings.remove(who);
        let doomed = tied.links.handle_exit(who, reason);
        let partners: Vec<_> = doomed.iter().filter_map(|it| tied.partners.get(it)?.upgrade()).collect();
        tied.forget_unlinked(&doomed);
        tied.forget_unlinked(std::slice::from_ref(who));
        self.note(&tied);
        // what runs from here on is the users' code
        drop(tied);
        drop(unheard);
        told.into_iter().for_each(|(telling, end)| drop(runtime.spawn(telling(end))));
        partners.into_iter().for_each(|partner| partner.end_for(ExitReason::Linked(who.clone())));
    }

    fn note(&self, tied: &Tied) {
        self.any.store(!(tied.links.is_empty() && tied.watches.is_empty()), Ordering::Release);
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

    fn forget_unlinked(&mut self, actors: &[Arc<str>]) {
        for actor in actors {
            if self.links.partners(actor).next().is_none() {
                self.partners.remove(actor);
            }
        }
    }
}
