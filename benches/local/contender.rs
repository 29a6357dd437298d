//! The list of engines, each with the cases it can run.

use crate::cases::{self, Bench, Case};
use crate::consort::{Consort, ConsortKey};
use crate::engine::{Engine, Lookup, Ring, Suspend};
use crate::floors::{MpscOneshot, MutexPl, MutexTokio};
use crate::peers::{Actix, Coerce, Kameo, Ractor, Xtra};

/// Runs one round of a case with so many operations, and gives the figure in the case's unit.
pub type Measure = fn(&Case, u64) -> f64;

/// The engine that ratios refer to.
pub const REFERENCE: &str = Kameo::NAME;

/// The largest population of engines whose actors are tasks of several kilobytes: ten times as many do not fit into
/// the memory of a small machine.
const MOST_TASKS: usize = 100_000;

/// An engine and what it can do.
pub struct Contender {
    /// The name in the table, and for `--engine`.
    pub name: &'static str,
    ordinary: fn(Bench) -> Option<Measure>,
    suspend: Option<Measure>,
    ring: Option<Measure>,
    lookup: Option<Measure>,
    most_actors: usize,
}

impl Contender {
    /// How this engine runs `case`, if it can.
    pub fn measure(&self, case: &Case) -> Option<Measure> {
        match case.bench {
            Bench::Suspend => self.suspend,
            Bench::Ring => self.ring,
            Bench::GetAsk => self.lookup,
            Bench::IdleBytes if case.actors > self.most_actors => None,
            bench => (self.ordinary)(bench),
        }
    }

    fn of<E: Engine>() -> Self {
        let (name, ordinary) = (E::NAME, ordinary::<E> as fn(Bench) -> Option<Measure>);
        Self { name, ordinary, suspend: None, ring: None, lookup: None, most_actors: usize::MAX }
    }

    fn tasks<E: Suspend + Ring>() -> Self {
        Self { most_actors: MOST_TASKS, ..Self::of::<E>().suspends::<E>().passes::<E>() }
    }

    fn suspends<E: Suspend>(self) -> Self {
        Self { suspend: Some(cases::sequential::<cases::Suspending<E>>), ..self }
    }

    fn passes<E: Ring>(self) -> Self {
        Self { ring: Some(cases::ring::<E>), ..self }
    }

    fn finds<E: Lookup>(self) -> Self {
        Self { lookup: Some(cases::lookup::<E>), ..self }
    }
}

/// Every engine, in the order of the table.
pub fn all() -> Vec<Contender> {
    vec![
        Contender::of::<Consort>().suspends::<Consort>().passes::<Consort>().finds::<Consort>(),
        Contender::of::<ConsortKey>().suspends::<ConsortKey>().finds::<ConsortKey>(),
        Contender::of::<MutexPl>(),
        Contender::of::<MutexTokio>().suspends::<MutexTokio>(),
        Contender::tasks::<MpscOneshot>(),
        Contender::tasks::<Kameo>().finds::<Kameo>(),
        Contender::tasks::<Ractor>(),
        Contender::tasks::<Actix>(),
        Contender::tasks::<Xtra>(),
        Contender::tasks::<Coerce>(),
    ]
}

fn ordinary<E: Engine>(bench: Bench) -> Option<Measure> {
    match bench {
        Bench::AskSeq => Some(cases::sequential::<E>),
        Bench::AskConc => Some(cases::concurrent::<E>),
        Bench::Tell => Some(cases::tell::<E>),
        Bench::Spawn => Some(cases::spawn::<E>),
        Bench::IdleBytes => Some(cases::idle_bytes::<E>),
        Bench::Allocs => Some(cases::allocations::<E>),
        Bench::Suspend | Bench::Ring | Bench::GetAsk => None,
    }
}
