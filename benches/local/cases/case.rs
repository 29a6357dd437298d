//! Names, shapes and sizes of the cases.

use crate::engine::{Flavour, KeyForm};

/// A family of cases.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Bench {
    /// One caller, one actor, one ask after the other.
    AskSeq,
    /// Many callers, each with one ask under way.
    AskConc,
    /// Messages without an answer.
    Tell,
    /// A ball passed round a ring of actors, per hop.
    Ring,
    /// One caller, one actor, a handler that yields once.
    Suspend,
    /// An actor from nothing to its first answer.
    Spawn,
    /// What an actor that has answered once and now rests keeps allocated.
    IdleBytes,
    /// An ask that finds its actor by key each time.
    GetAsk,
    /// Heap allocations of an ask.
    Allocs,
}

impl Bench {
    /// Every family, in the order of the table.
    pub const ALL: [Self; 9] = [
        Self::AskSeq,
        Self::AskConc,
        Self::Tell,
        Self::Ring,
        Self::Suspend,
        Self::GetAsk,
        Self::Allocs,
        Self::Spawn,
        Self::IdleBytes,
    ];

    /// The name in the table, and for `--only`.
    pub fn name(self) -> &'static str {
        match self {
            Self::AskSeq => "ask_seq",
            Self::AskConc => "ask_conc",
            Self::Tell => "tell",
            Self::Ring => "ring",
            Self::Suspend => "suspend",
            Self::Spawn => "spawn",
            Self::IdleBytes => "idle_bytes",
            Self::GetAsk => "get_ask",
            Self::Allocs => "allocs",
        }
    }
}

/// What a figure counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Nanoseconds an operation: wall time by operations, so that concurrent callers share it.
    Nanoseconds,
    /// Bytes an actor.
    Bytes,
    /// Allocations an ask.
    Allocations,
}

impl Unit {
    /// The name in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nanoseconds => "ns",
            Self::Bytes => "bytes",
            Self::Allocations => "allocs",
        }
    }
}

/// One line of the table for each engine.
#[derive(Clone, Copy)]
pub struct Case {
    /// The family.
    pub bench: Bench,
    /// `callers x actors`, a number of actors, or a key form; `ct` appended on the current-thread runtime.
    pub name: &'static str,
    /// Concurrent callers.
    pub callers: usize,
    /// Actors they call, or actors in the ring or the population.
    pub actors: usize,
    /// The runtime.
    pub flavour: Flavour,
    /// The form of the key where the case finds actors by key.
    pub key: KeyForm,
}

impl Case {
    /// What its figures count.
    pub fn unit(&self) -> Unit {
        match self.bench {
            Bench::IdleBytes => Unit::Bytes,
            Bench::Allocs => Unit::Allocations,
            Bench::AskSeq | Bench::AskConc | Bench::Tell | Bench::Ring => Unit::Nanoseconds,
            Bench::Suspend | Bench::Spawn | Bench::GetAsk => Unit::Nanoseconds,
        }
    }
}

/// Every case, in the order of the table. `quick` makes the populations smaller.
pub fn all(quick: bool) -> Vec<Case> {
    let mut cases = vec![
        case(Bench::AskSeq, "1x1", 1, 1),
        Case { flavour: Flavour::CurrentThread, ..case(Bench::AskSeq, "1x1ct", 1, 1) },
        case(Bench::AskConc, "64x1", 64, 1),
        case(Bench::AskConc, "1024x1", 1_024, 1),
        case(Bench::AskConc, "64x64", 64, 64),
        case(Bench::AskConc, "1024x64", 1_024, 64),
        case(Bench::Tell, "1x1", 1, 1),
        case(Bench::Tell, "4x1", 4, 1),
        case(Bench::Ring, "2", 1, 2),
        case(Bench::Ring, "1000", 1, 1_000),
        case(Bench::Suspend, "1x1", 1, 1),
        case(Bench::GetAsk, "u64", 1, 1),
        Case { key: KeyForm::TwoStrings, ..case(Bench::GetAsk, "2str", 1, 1) },
        case(Bench::Allocs, "1x1", 1, 1),
        case(Bench::Spawn, "1x1", 1, 1),
    ];
    if quick {
        cases.push(case(Bench::IdleBytes, "10000", 1, 10_000));
    } else {
        cases.push(case(Bench::IdleBytes, "100000", 1, 100_000));
        cases.push(case(Bench::IdleBytes, "1000000", 1, 1_000_000));
    }
    cases
}

fn case(bench: Bench, name: &'static str, callers: usize, actors: usize) -> Case {
    Case { bench, name, callers, actors, flavour: Flavour::MultiThread, key: KeyForm::Number }
}
