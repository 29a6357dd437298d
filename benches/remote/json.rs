//! One JSON object a line.

use crate::case::Case;
use crate::load::Figures;
use crate::rounds::{Row, spread};
use crate::spread::Spread;

/// One figure of a round.
type Figure = fn(&Figures) -> f64;

/// The lines of one case. An engine that failed has none; why stands among the errors.
pub fn print(case: &Case, rows: &[Row]) {
    for row in rows {
        match &row.rounds {
            Ok(rounds) => println!("{}", object(case, row, rounds)),
            Err(failure) => eprintln!("{} {} {}: {failure}", case.bench.name(), case.name, row.engine),
        }
    }
}

/// All strings in it are names from this program, so that nothing needs escaping.
fn object(case: &Case, row: &Row, rounds: &[Figures]) -> String {
    let rps = spread(rounds, |figures| figures.rps);
    let mut object = format!(
        r#"{{"bench":"{}","case":"{}","engine":"{}","rps":{:.0},"rps_min":{:.0},"rps_max":{:.0}"#,
        case.bench.name(),
        case.name,
        row.engine,
        rps.median,
        rps.min,
        rps.max
    );
    let figures: [(&str, Figure); 4] = [
        ("p50_us", |figures| figures.p50_us),
        ("p99_us", |figures| figures.p99_us),
        ("p999_us", |figures| figures.p999_us),
        ("cpu_us_per_call", |figures| figures.cpu_us_per_call),
    ];
    for (name, figure) in figures {
        object += &format!(r#","{name}":{:.3}"#, spread(rounds, figure).median);
    }
    if let Some(Spread { median, min, max }) = row.consort {
        object += &format!(r#","consort_ratio":{median:.3},"consort_ratio_min":{min:.3},"consort_ratio_max":{max:.3}"#);
    }
    object + "}"
}
