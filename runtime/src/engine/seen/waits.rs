//! Who waits for whom: finds the asks that would never be answered.
//!
//! An [`Envelope`] knows the actors that wait for its call: its asker, the one that asked that, and so on. Two chains
//! of this kind can wait for each other, so every actor also lists what its handlers and hooks wait for ([`Waits`]).
//! A call that cannot run at once is first listed, with the calls it is made on behalf of, and then looks from its
//! target along these lists for an actor of its own chain.
//!
//! Of the calls that close a circle the one that was listed last sees all others: it is refused. Two that are made at
//! the same moment may both be refused. A call that runs inline is listed when a call made on its behalf is, or when its
//! handler waits: calls that do not leave the stack pay nothing.

use std::collections::{BTreeMap, HashSet};
use std::iter::successors;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

use crate::engine::cell::Cell;
use crate::engine::envelope::Envelope;
use crate::engine::occupant::Occupant;
use crate::error::NotRun;
use crate::service::Service;

/// Actors that one look visits at most. Circles have a few; a thousand visits take about a tenth of a millisecond,
/// which a call of a busy actor may cost at worst. A circle that is longer is not found.
const VISITS_MAX: usize = 1024;

/// What the handler and the hooks of one actor wait for.
#[derive(Default)]
pub(crate) struct Waits(Mutex<Listed>);

#[derive(Default)]
struct Listed {
    last_ticket: u64,
    targets: BTreeMap<u64, Arc<dyn Occupant>>,
}

impl Waits {
    fn targets(&self) -> Vec<(u64, Arc<dyn Occupant>)> {
        self.0.lock().targets.iter().map(|(ticket, target)| (*ticket, target.clone())).collect()
    }

    pub(in crate::engine) fn is_empty(&self) -> bool {
        self.0.lock().targets.is_empty()
    }

    fn has(&self, ticket: u64) -> bool {
        self.0.lock().targets.contains_key(&ticket)
    }

    fn remove(&self, ticket: u64) {
        // the target may be the last reference to its cell: it is dropped after the lock
        let target = self.0.lock().targets.remove(&ticket);
        drop(target);
    }
}

/// Nobody waits (any more).
const OVER: u64 = 1;

/// How one call is waited for: [`OVER`], and above it the ticket under which its asker lists it, 0 if it does not.
pub(in crate::engine) struct Wait(AtomicU64);

impl Wait {
    pub(in crate::engine) fn begun() -> Self {
        Wait(AtomicU64::new(0))
    }

    pub(in crate::engine) fn over() -> Self {
        Wait(AtomicU64::new(OVER))
    }

    fn is_over(&self) -> bool {
        self.0.load(Ordering::Acquire) & OVER != 0
    }

    /// Lists the call in its asker, unless it is over or listed.
    fn list(&self, asker: &dyn Occupant, target: &Arc<dyn Occupant>) {
        if self.0.load(Ordering::Acquire) != 0 {
            return;
        }
        let waits = &asker.side().waits;
        let mut listed = waits.0.lock();
        if self.0.load(Ordering::Acquire) != 0 {
            return;
        }
        listed.last_ticket += 1;
        let ticket = listed.last_ticket;
        listed.targets.insert(ticket, target.clone());
        let ended = self.0.fetch_or(ticket << 1, Ordering::AcqRel) & OVER != 0;
        drop(listed);
        // `end` saw no ticket: it left this to us
        if ended {
            waits.remove(ticket);
        }
    }

    pub(in crate::engine) fn end(&self, asker: &dyn Occupant) {
        let before = self.0.fetch_or(OVER, Ordering::AcqRel);
        if before > OVER {
            asker.side().waits.remove(before >> 1);
        }
    }
}

impl Envelope {
    /// Begins to wait for `target`.
    ///
    /// # Errors
    /// [`NotRun::Cycle`] if that waits, itself or through others, for the handler that makes this call.
    pub(crate) fn wait_for(&self, target: Arc<dyn Occupant>) -> Result<(), NotRun> {
        if let Some(path) = self.path_afar(&target) {
            return Err(NotRun::Cycle { path });
        }
        let Some(asker) = &self.asker else { return Ok(()) };
        if let Some(path) = self.path_within(&target, &[&target]) {
            return Err(NotRun::Cycle { path });
        }
        let mut waited_for = &target;
        for (call, asker) in self.chain() {
            call.wait.list(&**asker, waited_for);
            waited_for = asker;
        }
        match self.circle(&target) {
            Some(path) => {
                self.wait.end(&**asker);
                Err(NotRun::Cycle { path })
            }
            None => Ok(()),
        }
    }

    /// Lists a call that ran inline and goes on without its caller: whoever looks at that one sees what it waits for.
    pub(in crate::engine) fn list_wait<S: Service>(&self, target: &Arc<Cell<S>>) {
        if let Some(asker) = &self.asker {
            let target: Arc<dyn Occupant> = target.clone();
            self.wait.list(&**asker, &target);
        }
    }

    /// The calls that wait for the end of this one and their askers, this one first.
    fn chain(&self) -> impl Iterator<Item = (&Envelope, &Arc<dyn Occupant>)> {
        successors(Some(self), |call| call.behind.as_deref())
            .map_while(|call| call.asker.as_ref().filter(|_| !call.wait.is_over()).map(|asker| (call, asker)))
    }

    /// The names of those that wait for the end of this call, the nearest first, so many at most: askers on this node,
    /// and after the last of them those on others.
    pub(in crate::engine) fn waiting(&self, most: usize) -> Vec<Box<str>> {
        let here = self.chain().map(|(_, asker)| asker.label().into());
        here.chain(self.waiting_afar().cloned()).take(most).collect()
    }

    /// Those on other nodes.
    fn waiting_afar(&self) -> impl Iterator<Item = &Box<str>> {
        let calls = successors(Some(self), |call| call.behind.as_deref());
        let last = calls.take_while(|call| !call.wait.is_over()).last();
        last.and_then(|call| call.afar.as_deref()).into_iter().flat_map(|afar| &afar.waiting)
    }

    /// The names of the actors from one that waits on another node, down to the last asker, and `target`, which is that
    /// one again.
    fn path_afar(&self, target: &Arc<dyn Occupant>) -> Option<Box<[Box<str>]>> {
        let mut afar = self.waiting_afar().peekable();
        afar.peek()?;
        let label = Box::from(target.label());
        let at = afar.position(|name| *name == label)?;
        let mut path: Vec<_> = vec![label];
        path.extend(self.chain().map(|(_, asker)| Box::from(asker.label())));
        path.extend(self.waiting_afar().take(at + 1).cloned());
        path.reverse();
        Some(path.into())
    }

    /// The names of the actors from `meeting`, an asker of this chain, down to the last asker, and on along `trail`.
    fn path_within(&self, meeting: &Arc<dyn Occupant>, trail: &[&Arc<dyn Occupant>]) -> Option<Box<[Box<str>]>> {
        let at = self.chain().position(|(_, asker)| id(asker) == id(meeting))?;
        let mut path: Vec<Box<str>> = self.chain().take(at + 1).map(|(_, asker)| asker.label().into()).collect();
        path.reverse();
        path.extend(trail.iter().map(|actor| Box::from(actor.label())));
        Some(path.into())
    }

    /// Looks whether `target` waits for an asker of this chain, and names the actors in the circle.
    fn circle(&self, target: &Arc<dyn Occupant>) -> Option<Box<[Box<str>]>> {
        if target.waits().is_none_or(Waits::is_empty) {
            return None;
        }
        let askers: HashSet<*const ()> = self.chain().map(|(_, asker)| id(asker)).collect();
        let mut visits = VISITS_MAX;
        loop {
            let trail = trail_to(&askers, target, &mut visits)?;
            // what was seen one after the other need not have been there at one moment; look again then
            if trail.windows(2).all(|step| step[0].actor.waits().is_some_and(|waits| waits.has(step[1].ticket))) {
                let actors: Vec<_> = trail.iter().map(|step| &step.actor).collect();
                let meeting = actors[actors.len() - 1];
                if let Some(path) = self.path_within(meeting, &actors) {
                    return Some(path);
                }
            }
        }
    }
}

/// An actor that was found to be waited for.
struct Step {
    actor: Arc<dyn Occupant>,
    /// The ticket of the one before, and where that stands.
    ticket: u64,
    from: usize,
}

/// The shortest way from `target` to one of `askers` along what each waits for.
fn trail_to(askers: &HashSet<*const ()>, target: &Arc<dyn Occupant>, visits: &mut usize) -> Option<Vec<Step>> {
    let mut seen = vec![Step { actor: target.clone(), ticket: 0, from: 0 }];
    let mut known = HashSet::from([id(target)]);
    let mut at = 0;
    while at < seen.len() {
        *visits = visits.checked_sub(1)?;
        for (ticket, actor) in seen[at].actor.waits().map(Waits::targets).unwrap_or_default() {
            if known.insert(id(&actor)) {
                let met = askers.contains(&id(&actor));
                seen.push(Step { actor, ticket, from: at });
                if met {
                    return Some(last_trail(seen));
                }
            }
        }
        at += 1;
    }
    None
}

/// The way that led to the last of these.
fn last_trail(mut seen: Vec<Step>) -> Vec<Step> {
    let mut trail = Vec::new();
    let mut at = seen.len() - 1;
    loop {
        seen.truncate(at + 1);
        let Some(step) = seen.pop() else { break };
        at = step.from;
        trail.push(step);
        if seen.is_empty() {
            break;
        }
    }
    trail.reverse();
    trail
}

/// Which actor it is.
fn id(actor: &Arc<dyn Occupant>) -> *const () {
    Arc::as_ptr(actor).cast()
}
