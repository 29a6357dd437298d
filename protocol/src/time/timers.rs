use std::collections::{BTreeMap, BTreeSet};

use super::Moment;

/// One moment per name, and which come first. Ordered containers, so that what is due at the same moment always comes
/// in the same order.
#[derive(Clone, Debug)]
pub(crate) struct Timers<T> {
    by_name: BTreeMap<T, Moment>,
    by_moment: BTreeSet<(Moment, T)>,
}

impl<T: Ord + Clone> Timers<T> {
    pub(crate) fn new() -> Self {
        Timers { by_name: BTreeMap::new(), by_moment: BTreeSet::new() }
    }

    /// Sets the timer of `name`; an earlier setting is gone.
    pub(crate) fn set(&mut self, name: &T, moment: Moment) {
        self.cancel(name);
        self.by_name.insert(name.clone(), moment);
        self.by_moment.insert((moment, name.clone()));
    }

    pub(crate) fn cancel(&mut self, name: &T) {
        if let Some(moment) = self.by_name.remove(name) {
            self.by_moment.remove(&(moment, name.clone()));
        }
    }

    /// What the timer of `name` is set to.
    pub(crate) fn moment(&self, name: &T) -> Option<Moment> {
        self.by_name.get(name).copied()
    }

    /// The earliest moment of all.
    pub(crate) fn next(&self) -> Option<Moment> {
        self.by_moment.first().map(|(moment, _)| *moment)
    }

    /// Takes out one that is due at `now`, the earliest first.
    pub(crate) fn pop_due(&mut self, now: Moment) -> Option<T> {
        if self.next()? > now {
            return None;
        }
        let (_, name) = self.by_moment.pop_first()?;
        self.by_name.remove(&name);
        Some(name)
    }
}
