//! Interleaved rounds: round 1 of every engine one after the other, then round 2, and so on, so that what the machine
//! does meanwhile hits all of them alike and a ratio compares runs a second apart.

use crate::cases::{Bench, Case};
use crate::contender::{Contender, Measure, REFERENCE};
use crate::spread::Spread;
use std::time::Duration;

/// How long to measure.
pub struct Effort {
    /// Rounds of every case.
    pub rounds: usize,
    /// Time aimed at for a round of one engine: higher steadies the figures of slow engines, and the run takes longer.
    pub round: Duration,
}

/// One line of the table.
pub struct Row {
    /// The engine.
    pub engine: &'static str,
    /// Its figures, in the case's unit.
    pub figure: Spread,
    /// How many times better than kameo, round by round; `None` without kameo in the case, or where a figure is 0.
    pub to_kameo: Option<Spread>,
}

/// Measures one case with every engine that can run it.
pub fn run(case: &Case, contenders: &[Contender], effort: &Effort) -> Vec<Row> {
    let mut entrants: Vec<_> = contenders
        .iter()
        .filter_map(|contender| Some((contender.name, contender.measure(case)?)))
        .map(|(name, measure)| Entrant {
            name,
            measure,
            operations: operations(case, measure, effort),
            figures: vec![],
        })
        .collect();
    for _ in 0..effort.rounds {
        for entrant in &mut entrants {
            entrant.figures.push((entrant.measure)(case, entrant.operations));
        }
    }
    let kameo = entrants.iter().find(|entrant| entrant.name == REFERENCE).map(|entrant| entrant.figures.clone());
    entrants
        .into_iter()
        .map(|entrant| Row {
            engine: entrant.name,
            to_kameo: kameo.as_ref().and_then(|kameo| ratio(kameo, &entrant.figures)),
            figure: Spread::of(entrant.figures),
        })
        .collect()
}

struct Entrant {
    name: &'static str,
    measure: Measure,
    operations: u64,
    figures: Vec<f64>,
}

/// How many operations fill a round: found by a short run for the timed cases, which also warms the code up.
fn operations(case: &Case, measure: Measure, effort: &Effort) -> u64 {
    let (probe, most) = match case.bench {
        Bench::IdleBytes => return case.actors as u64,
        Bench::Allocs => return 10_000,
        // Not more actors than fit into memory with engines that take kilobytes for each.
        Bench::Spawn => (1_000, 50_000),
        // A limit for engines with unbounded mailboxes, whose memory grows with what a round sends.
        Bench::Tell => (10_000, 3_000_000),
        Bench::AskSeq | Bench::AskConc | Bench::Ring | Bench::Suspend | Bench::GetAsk => (10_000, 20_000_000),
    };
    let nanoseconds = measure(case, probe);
    ((effort.round.as_nanos() as f64 / nanoseconds) as u64).clamp(probe, most)
}

fn ratio(kameo: &[f64], figures: &[f64]) -> Option<Spread> {
    let ratios: Vec<_> = kameo.iter().zip(figures).map(|(kameo, figure)| kameo / figure).collect();
    ratios.iter().all(|ratio| ratio.is_finite()).then(|| Spread::of(ratios))
}
