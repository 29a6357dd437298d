//! Interleaved rounds: round 1 of every engine one after the other, then round 2, and so on, so that what the machine
//! does meanwhile hits all of them alike and a ratio compares runs seconds apart.

use crate::case::Case;
use crate::engine::{Engine, Failure};
use crate::load::{Connected, Figures};
use crate::spread::Spread;
use std::time::Duration;

/// How long to measure.
pub struct Effort {
    /// Rounds of every case.
    pub rounds: usize,
    /// How long a round of one engine runs before it is measured.
    pub warm_up: Duration,
    /// How long it is measured.
    pub round: Duration,
}

/// One line of the table.
pub struct Row {
    /// The engine.
    pub engine: &'static str,
    /// Its rounds.
    pub rounds: Rounds,
    /// How many times as many calls Consort carries, round by round; `None` without Consort in the case.
    pub consort: Option<Spread>,
}

/// All rounds of one engine, or why one of them failed.
pub type Rounds = Result<Vec<Figures>, Failure>;

/// Measures one case with every engine.
pub fn run(case: &Case, clients: &[Box<dyn Connected>], effort: &Effort) -> Vec<Row> {
    let clients: Vec<_> = clients.iter().map(|client| &**client).filter(|client| client.can(case)).collect();
    let mut all: Vec<Rounds> = clients.iter().map(|_| Ok(vec![])).collect();
    for _ in 0..effort.rounds {
        for (client, rounds) in clients.iter().zip(&mut all) {
            // an engine that failed is not tried again
            let Ok(figures) = rounds else { continue };
            match client.run(case, effort) {
                Ok(round) => figures.push(round),
                Err(failure) => *rounds = Err(failure),
            }
        }
    }
    let ours = clients.iter().position(|client| client.name() == crate::consort::Consort::NAME);
    let ours = ours.and_then(|index| all[index].clone().ok());
    let row = |(client, rounds): (&&dyn Connected, Rounds)| {
        let consort = ours.as_ref().zip(rounds.as_ref().ok()).map(|(ours, theirs)| ratio(ours, theirs));
        Row { engine: client.name(), rounds, consort }
    };
    clients.iter().zip(all).map(row).collect()
}

/// One figure of all rounds.
pub fn spread(rounds: &[Figures], figure: impl Fn(&Figures) -> f64) -> Spread {
    Spread::of(rounds.iter().map(figure).collect())
}

fn ratio(ours: &[Figures], theirs: &[Figures]) -> Spread {
    Spread::of(ours.iter().zip(theirs).map(|(ours, theirs)| ours.rps / theirs.rps).collect())
}
