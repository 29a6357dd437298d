//! The table for people, printed case by case as the figures come in.

use crate::cases::Case;
use crate::rounds::{Effort, Row};
use crate::spread::Spread;

/// What the columns mean.
const LEGEND: &str = "\
case: callers x actors, actors, or the form of the key; ct: on one thread
ns: wall time by operations; bytes: live heap by actors; median and min - max of the rounds
x kameo: how many times better than kameo in the same round
";

/// The lines above the table.
pub fn print_head(effort: &Effort) {
    println!("{} interleaved rounds\n{LEGEND}", effort.rounds);
    println!(
        "{:<11}{:<9}{:<14}{:>10} {:>21} {:<7}{:>9} {:>17}",
        "bench", "case", "engine", "median", "min - max", "unit", "x kameo", "min - max"
    );
}

/// The lines of one case.
pub fn print(case: &Case, rows: &[Row]) {
    for row in rows {
        let (bench, name, unit) = (case.bench.name(), case.name, case.unit().name());
        let (median, spread) = (number(row.figure.median), range(&row.figure));
        print!("{bench:<11}{name:<9}{:<14}{median:>10} {spread:>21} {unit:<7}", row.engine);
        match &row.to_kameo {
            Some(ratio) => println!("{:>9} {:>17}", number(ratio.median), range(ratio)),
            None => println!("{:>9}", "-"),
        }
    }
    println!();
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
