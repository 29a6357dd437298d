//! The figures, for people and as JSON.

use crate::ENGINE;
use crate::spread::Spread;
use crate::ways::Way;

/// The table.
pub fn print(ways: &[Way], figures: &[Vec<f64>]) {
    println!("ns a call, one at a time; median and min - max of {} rounds\n", figures.first().map_or(0, Vec::len));
    println!("{:<19}{:>10} {:>21}{:>10}", "way", "ns", "min - max", "x direct");
    for (way, figures) in rows(ways, figures) {
        let Spread { median, min, max } = figures.own;
        let ratio = figures.to_direct.map_or("-".to_owned(), |ratio| format!("{:.2}", ratio.median));
        println!("{:<19}{median:>10.1} {:>21}{ratio:>10}", way.name(), format!("{min:.1} - {max:.1}"));
    }
}

/// One object a line. All strings in it are names from this program, so that nothing needs escaping.
pub fn print_json(ways: &[Way], figures: &[Vec<f64>]) {
    for (way, figures) in rows(ways, figures) {
        let Spread { median, min, max } = figures.own;
        let ratio = figures.to_direct.map_or(String::new(), |Spread { median, min, max }| {
            format!(r#","ratio_to_direct":{median:.3},"ratio_min":{min:.3},"ratio_max":{max:.3}"#)
        });
        println!(
            r#"{{"bench":"local_vs_remote","case":"{}","engine":"{ENGINE}","median":{median:.1},"min":{min:.1},"max":{max:.1},"unit":"ns"{ratio}}}"#,
            way.name()
        );
    }
}

struct Row {
    own: Spread,
    /// How many times as long as a direct call, round by round; `None` if no direct calls were made.
    to_direct: Option<Spread>,
}

fn rows<'a>(ways: &'a [Way], figures: &'a [Vec<f64>]) -> impl Iterator<Item = (&'a Way, Row)> {
    let direct = ways.iter().position(|way| *way == Way::Direct).map(|index| &figures[index]);
    ways.iter().zip(figures).map(move |(way, figures)| {
        let ratio = |direct: &Vec<f64>| figures.iter().zip(direct).map(|(own, direct)| own / direct).collect();
        (way, Row { own: Spread::of(figures.clone()), to_direct: direct.map(|direct| Spread::of(ratio(direct))) })
    })
}
