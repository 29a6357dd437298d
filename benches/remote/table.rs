//! The table for people, printed case by case as the figures come in.

use crate::case::Case;
use crate::load::Figures;
use crate::rounds::{Effort, Row, spread};
use crate::spread::Spread;

/// What the columns mean.
const LEGEND: &str = "\
case: bytes of the payload x callers; an ask brings the payload back; +: callers beside them, which are not measured
p50, p99, p99.9: how long a call takes its caller, in µs; a tell is over when it is sent
cpu: µs of processor time a call, of both processes; x consort: how many times as many calls Consort carries
medians of the rounds, and min - max
";

/// The lines above the table.
pub fn print_head(effort: &Effort) {
    println!("{} interleaved rounds of {:?} after {:?}\n{LEGEND}", effort.rounds, effort.round, effort.warm_up);
    println!(
        "{:<12}{:<13}{:<15}{:>10} {:>19}{:>9}{:>9}{:>9}{:>8}{:>11} {:>15}",
        "bench", "case", "engine", "calls/s", "min - max", "p50", "p99", "p99.9", "cpu", "x consort", "min - max"
    );
}

/// The lines of one case.
pub fn print(case: &Case, rows: &[Row]) {
    for row in rows {
        print!("{:<12}{:<13}{:<15}", case.bench.name(), case.name, row.engine);
        match &row.rounds {
            Ok(rounds) => print_figures(rounds, row.consort),
            Err(failure) => println!("failed: {failure}"),
        }
    }
    println!();
}

fn print_figures(rounds: &[Figures], consort: Option<Spread>) {
    let median = |figure: fn(&Figures) -> f64| number(spread(rounds, figure).median);
    let rps = spread(rounds, |figures| figures.rps);
    print!(
        "{:>10} {:>19}{:>9}{:>9}{:>9}{:>8}",
        number(rps.median),
        range(&rps),
        median(|figures| figures.p50_us),
        median(|figures| figures.p99_us),
        median(|figures| figures.p999_us),
        median(|figures| figures.cpu_us_per_call),
    );
    match consort {
        Some(ratio) => println!("{:>11} {:>15}", number(ratio.median), range(&ratio)),
        None => println!("{:>11}", "-"),
    }
}

fn range(spread: &Spread) -> String {
    format!("{} - {}", number(spread.min), number(spread.max))
}

/// Three figures that matter, or all that stand before the point.
fn number(value: f64) -> String {
    let decimals = match value.abs() {
        0.0..10.0 => 2,
        10.0..100.0 => 1,
        _ => 0,
    };
    format!("{value:.decimals$}")
}
