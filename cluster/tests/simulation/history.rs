//! [`History`]: what happened in a course, in the order in which it happened.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use consort_protocol::cluster::Life;

use crate::bonds::Bond;

/// Who sends, and which of its messages it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    pub sender: u64,
    pub number: u64,
}

/// A moment: its place among all that happened, and the simulated time. The nodes of a simulation take turns on one
/// thread, so what happened later has a higher place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    pub place: u64,
    pub time: Duration,
}

/// One run of a handler.
#[derive(Clone, Debug)]
pub struct Run {
    pub id: Id,
    pub key: u32,
    pub life: Life,
    /// The activation, as its node counts them.
    pub activation: u64,
    /// The epoch under which its node had the key when it began.
    pub fence: u64,
    pub from: At,
    /// `None` if it never ended.
    pub to: Option<At>,
    /// Whether the store took what it wrote at its end.
    pub written: Option<bool>,
}

/// A time in which nothing of a node ran.
#[derive(Clone, Debug)]
pub struct Pause {
    pub life: Life,
    pub from: At,
    /// `None` if it never woke.
    pub to: Option<At>,
}

/// A counter rings a bell.
#[derive(Clone, Debug)]
pub struct Ring {
    pub told: Option<Result<(), String>>,
    pub has_rung: bool,
}

/// What became of a message, as its sender was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    Ok,
    /// The store refused what its handler wrote.
    Refused,
    NotRun(String),
    Unknown(String),
}

/// One message, as its sender sees it.
#[derive(Clone, Debug)]
pub struct Sent {
    pub id: Id,
    pub key: u32,
    /// The node that sends.
    pub from: Life,
    pub is_tell: bool,
    pub begun: At,
    pub end: Option<(At, Told)>,
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Sent { id: Id { sender, number }, key, from, is_tell, begun, end } = self;
        let kind = if *is_tell { "tell" } else { "ask" };
        write!(f, "{kind} {number} of sender {sender} on {from}, to key {key}, at {:?}: {end:?}", begun.time)
    }
}

#[derive(Debug, Default)]
pub struct Events {
    pub runs: Vec<Run>,
    pub sent: Vec<Sent>,
    /// Lives that were ended by a crash.
    pub crashed: Vec<Life>,
    pub rings: Vec<Ring>,
    pub pauses: Vec<Pause>,
    /// Who gave up another node, and when.
    pub given_up: Vec<(Life, At)>,
    pub bonds: Vec<Bond>,
    /// From when to when something was wrong.
    pub troubles: Vec<(Duration, Duration)>,
    /// What happens from here on is no part of the course.
    is_over: bool,
    /// The highest epoch with which each key was written.
    epochs: std::collections::BTreeMap<u32, u64>,
    place: u64,
    time: Duration,
}

/// Shared by all nodes of a course, and by what judges it.
#[derive(Clone, Debug, Default)]
pub struct History(Arc<Mutex<Events>>);

impl History {
    /// It is this late now.
    pub fn set_time(&self, time: Duration) {
        self.0.lock().unwrap().time = time;
    }

    /// The node ends here, with all that runs on it.
    pub fn crash(&self, life: Life) {
        let mut events = self.0.lock().unwrap();
        let at = events.now();
        events.runs.iter_mut().filter(|run| run.life == life).for_each(|run| _ = run.to.get_or_insert(at));
        let stays = events.bonds.iter_mut().flat_map(|bond| &mut bond.stays).filter(|stay| stay.life == life);
        stays.for_each(|stay| _ = stay.to.get_or_insert(at));
        events.crashed.push(life);
    }

    /// Nothing of the node runs from here on.
    pub fn pause(&self, life: Life) {
        let mut events = self.0.lock().unwrap();
        let from = events.now();
        events.pauses.push(Pause { life, from, to: None });
    }

    /// The node goes on, if it stood.
    pub fn wake(&self, life: Life) {
        let mut events = self.0.lock().unwrap();
        let at = events.now();
        events.pauses.iter_mut().filter(|pause| pause.life == life).for_each(|pause| _ = pause.to.get_or_insert(at));
    }

    /// The node takes another one for dead, whether or not it is.
    pub fn give_up(&self, by: Life) {
        let mut events = self.0.lock().unwrap();
        let at = events.now();
        events.given_up.push((by, at));
    }

    pub fn begin_run(&self, run: impl FnOnce(At) -> Run) -> usize {
        let mut events = self.0.lock().unwrap();
        let at = events.now();
        events.runs.push(run(at));
        events.runs.len() - 1
    }

    /// The store: it takes what is written with the highest epoch so far. Whether it does.
    pub fn write(&self, run: usize) -> bool {
        let mut events = self.0.lock().unwrap();
        let (key, fence) = (events.runs[run].key, events.runs[run].fence);
        let highest = events.epochs.entry(key).or_default();
        let is_taken = fence >= *highest;
        *highest = fence.max(*highest);
        events.runs[run].written = Some(is_taken);
        is_taken
    }

    pub fn end_run(&self, run: usize) {
        let mut events = self.0.lock().unwrap();
        let at = events.now();
        events.runs[run].to.get_or_insert(at);
    }

    pub fn send(&self, sent: impl FnOnce(At) -> Sent) -> usize {
        let mut events = self.0.lock().unwrap();
        let at = events.now();
        events.sent.push(sent(at));
        events.sent.len() - 1
    }

    pub fn told(&self, sent: usize, told: Told) {
        let mut events = self.0.lock().unwrap();
        let at = events.now();
        events.sent[sent].end = Some((at, told));
    }

    /// A bond that is to be made.
    pub fn begin_bond(&self) -> usize {
        let bonds = &mut self.events().bonds;
        bonds.push(Bond::default());
        bonds.len() - 1
    }

    /// Something happens to a bond.
    pub fn of_bond(&self, bond: usize, what: impl FnOnce(&mut Bond, At)) {
        let mut events = self.events();
        if !events.is_over {
            let at = events.now();
            what(&mut events.bonds[bond], at);
        }
    }

    /// The course is over: its nodes go.
    pub fn close(&self) {
        self.events().is_over = true;
    }

    /// How much happened, and a number for all of it.
    pub fn summary(&self) -> String {
        let events = self.events();
        let mut trace = DefaultHasher::new();
        format!("{events:?}").hash(&mut trace);
        format!("{} sent, {} run, trace {:016x}", events.sent.len(), events.runs.len(), trace.finish())
    }

    /// What happened. Nothing else does while it is held.
    pub fn events(&self) -> std::sync::MutexGuard<'_, Events> {
        self.0.lock().unwrap()
    }
}

impl Events {
    /// How late it is.
    pub fn time(&self) -> Duration {
        self.time
    }

    fn now(&mut self) -> At {
        self.place += 1;
        At { place: self.place, time: self.time }
    }
}
