//! Rounds of all cases by turns, and the table.

use crate::spread::Spread;

/// One thing that happens to a cluster.
pub struct Case {
    pub name: &'static str,
    /// What is measured of it, with the unit.
    pub figures: [&'static str; 2],
    /// What is aimed at; empty for what is only told.
    pub aims: [&'static str; 2],
    pub what: &'static str,
    /// Measures one round.
    pub measure: fn() -> [f64; 2],
}

/// Runs all cases in turn, round by round, and prints the median and the range of each figure.
pub fn run(cases: &[&Case], rounds: usize, json: bool) {
    let mut measured = vec![[const { Vec::new() }; 2]; cases.len()];
    for _ in 0..rounds {
        for (case, figures) in cases.iter().zip(&mut measured) {
            figures.iter_mut().zip((case.measure)()).for_each(|(figures, figure)| figures.push(figure));
        }
    }
    if !json {
        println!("{rounds} rounds of each by turns; median and min - max of the rounds\n");
        println!("{:<13}{:<17}{:>9} {:>19} {:>8}  what", "case", "figure", "median", "min - max", "aim");
    }
    for (case, figures) in cases.iter().zip(measured) {
        for ((figure, aim), rounds) in case.figures.iter().zip(case.aims).zip(figures) {
            let Spread { median, min, max } = Spread::of(rounds);
            let (name, what) = (case.name, case.what);
            if json {
                println!(
                    r#"{{"bench":"failover","case":"{name}","figure":"{figure}","median":{median:.1},"min":{min:.1},"max":{max:.1}}}"#
                );
            } else {
                let range = format!("{min:.0} - {max:.0}");
                println!("{name:<13}{figure:<17}{median:>9.0} {range:>19} {aim:>8}  {what}");
            }
        }
    }
}

/// Runs `work` on a runtime of its own.
pub fn on_runtime<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let out = runtime.block_on(work);
    runtime.shutdown_background();
    out
}
