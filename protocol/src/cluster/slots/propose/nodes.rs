use std::collections::BTreeMap;

use super::{Candidate, Standing};
use crate::cluster::{Life, NodeId};

/// Which nodes may own slots, and which can still hand over theirs.
pub(super) struct Nodes<'a> {
    /// Those that are up, in the order of their ids. Elsewhere a *taker* is a place in here.
    pub takers: Vec<&'a Candidate>,
    leaving: Vec<&'a Candidate>,
}

impl<'a> Nodes<'a> {
    /// Of each node only the latest life counts: what an earlier one had is gone.
    pub fn new(members: &'a [Candidate]) -> Self {
        let mut latest: BTreeMap<NodeId, &Candidate> = BTreeMap::new();
        let age = |candidate: &Candidate| (candidate.life.generation, candidate.standing);
        for candidate in members {
            let known = latest.entry(candidate.life.id).or_insert(candidate);
            if age(candidate) > age(known) {
                *known = candidate;
            }
        }
        let of = |standing| latest.values().copied().filter(move |candidate| candidate.standing == standing).collect();
        Nodes { takers: of(Standing::Up), leaving: of(Standing::Leaving) }
    }

    /// Which taker this is.
    pub fn taker(&self, life: Life) -> Option<usize> {
        let at = self.takers.binary_search_by_key(&life.id, |taker| taker.life.id).ok()?;
        (self.takers[at].life == life).then_some(at)
    }

    /// Who can hand over slots: who is up or leaving.
    pub fn living(&self, life: Life) -> Option<&'a Candidate> {
        let leaving = || self.leaving.iter().copied().find(|candidate| candidate.life == life);
        self.taker(life).map(|at| self.takers[at]).or_else(leaving)
    }
}
