//! [`Suspended`]: the actors of a kind whose handlers wait, and when each of those is late.

use std::collections::BTreeMap;
use std::mem::take;
use std::sync::{Arc, Weak};
use std::time::Duration;

use consort_protocol::time::Moment;
use parking_lot::Mutex;

use super::watch::TICK;
use super::{Pulse, Suspension, Watched};

/// Actors that may come in between two ticks. Further ones are not watched until a handler of theirs is suspended anew.
const ARRIVALS_MAX: usize = 65_536;

/// Actors watched at a time: 64 bytes each. While there are so many, arrivals wait.
const LISTED_MAX: usize = 1 << 20;

/// How often one that is late, or waits for another actor, is looked at again.
const LOOK: Duration = Duration::from_secs(1);

/// Actors of which the slowest is found for a beat: those that are due first.
const SLOWEST_OF: usize = 64;

/// What was found out about one actor.
pub(super) enum Found {
    /// Its handler is past the progress deadline; it runs for so long.
    Late(Arc<dyn Watched>, Duration),
    /// The handler that was late is over.
    Over(Arc<dyn Watched>),
}

/// An actor is listed when a handler of it is suspended first, and looked at when that one would be late: how many
/// handlers it runs until then costs nothing.
#[derive(Default)]
pub(super) struct Suspended {
    arrivals: Mutex<Vec<Weak<dyn Watched>>>,
    list: Mutex<List>,
}

#[derive(Default)]
struct List {
    last: u64,
    /// By the moment of the next look.
    due: BTreeMap<(Moment, u64), Entry>,
}

struct Entry {
    cell: Weak<dyn Watched>,
    /// Which suspension was late at the last look.
    late: Option<u32>,
}

impl List {
    fn insert(&mut self, at: Moment, entry: Entry) {
        self.last += 1;
        self.due.insert((at, self.last), entry);
    }

    fn pop_due(&mut self, now: Moment) -> Option<Entry> {
        let first = self.due.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }
}

impl Entry {
    /// When to look at it again; `None` if no handler of it is suspended.
    fn look(
        &mut self,
        cell: Arc<dyn Watched>,
        pulse: &Pulse,
        deadline: Duration,
        now: Moment,
        found: &mut Vec<Found>,
    ) -> Option<Moment> {
        let suspension = cell.suspension();
        let before = self.late.filter(|since| suspension.is_some_and(|suspension| suspension.since == *since));
        if self.late.is_some() && before.is_none() {
            found.push(Found::Over(cell.clone()));
        }
        self.late = before;
        let suspension = suspension.or_else(|| suspended_meanwhile(&*cell))?;
        let since = pulse.moment(suspension.since, now);
        // The coarse clock is up to a tick behind: nothing is late too early.
        let due = since + deadline + TICK;
        if due > now {
            return Some(due);
        }
        if cell.awaits_an_answer() {
            return Some(now + LOOK.min(deadline));
        }
        self.late = Some(suspension.since);
        found.push(Found::Late(cell, now.since(since)));
        // It may have ended between the look and the complaint: a tick later that is known.
        Some(now + if before.is_some() { LOOK } else { TICK })
    }
}

/// Takes an actor off the list, unless a handler was suspended between the look that found none and this: that one
/// has seen the actor listed.
fn suspended_meanwhile(cell: &dyn Watched) -> Option<Suspension> {
    cell.set_listed(false);
    let suspension = cell.suspension()?;
    // if it is listed already, it has come in again
    (!cell.set_listed(true)).then_some(suspension)
}

impl Suspended {
    /// Lists an actor that is not listed.
    pub(super) fn list(&self, cell: &Arc<dyn Watched>) {
        let mut arrivals = self.arrivals.lock();
        if arrivals.len() < ARRIVALS_MAX && !cell.set_listed(true) {
            arrivals.push(Arc::downgrade(cell));
        }
    }

    /// Looks at those that are due.
    pub(super) fn tick(&self, pulse: &Pulse, deadline: Duration, now: Moment) -> Vec<Found> {
        let mut found = Vec::new();
        for mut entry in self.take_due(now) {
            let Some(cell) = entry.cell.upgrade() else { continue };
            if let Some(next) = entry.look(cell, pulse, deadline, now, &mut found) {
                self.list.lock().insert(next, entry);
            }
        }
        found
    }

    fn take_due(&self, now: Moment) -> Vec<Entry> {
        let mut list = self.list.lock();
        if list.due.len() < LISTED_MAX {
            let arrivals = take(&mut *self.arrivals.lock());
            // when they are due, each says itself
            arrivals.into_iter().for_each(|cell| list.insert(now, Entry { cell, late: None }));
        }
        std::iter::from_fn(|| list.pop_due(now)).collect()
    }

    /// When to look next.
    pub(super) fn next(&self) -> Option<Moment> {
        self.list.lock().due.keys().next().map(|(at, _)| *at)
    }

    /// The handler that waits longest, of those that are due first.
    pub(super) fn slowest(&self, pulse: &Pulse, now: Moment) -> Option<(Arc<dyn Watched>, Suspension)> {
        let first: Vec<_> = self.list.lock().due.values().take(SLOWEST_OF).map(|entry| entry.cell.clone()).collect();
        let waiting = first.iter().filter_map(|cell| {
            let cell = cell.upgrade()?;
            let suspension = cell.suspension()?;
            Some((cell, suspension))
        });
        waiting.min_by_key(|(_, suspension)| pulse.moment(suspension.since, now))
    }
}
