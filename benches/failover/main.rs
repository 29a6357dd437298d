//! What callers notice when nodes end and come back: three processes with all keys, and one without that calls them.
//!
//! Each *case* is a module with one function that measures one round on a cluster of its own; `cluster.rs` has the processes,
//! which are this program, started again, and `report.rs` prints. There are no peers here: none of the crates in the other
//! benches moves keys.

mod cluster;
mod counter;
mod kill;
mod leave;
mod report;
mod restart;
#[path = "../shared/spread.rs"]
mod spread;

use kill::Victim;
use report::{Case, on_runtime};

/// All that is measured.
const CASES: &[Case] = &[
    Case {
        name: "leave",
        figures: ["longest call ms", "failed calls"],
        aims: ["<= 500", "0"],
        what: "one of three is told to end under load",
        measure: || on_runtime(leave::measure()),
    },
    Case {
        name: "kill",
        figures: ["p50 ms", "p99 ms"],
        aims: ["<= 3500", "<= 5000"],
        what: "from kill -9 until a key of the killed node answers elsewhere",
        measure: || on_runtime(kill::measure(Victim::Follower)),
    },
    Case {
        name: "kill_leader",
        figures: ["p50 ms", "p99 ms"],
        aims: ["<= 3500", "<= 5000"],
        what: "the same of the node that decides where keys live",
        measure: || on_runtime(kill::measure(Victim::Leader)),
    },
    Case {
        name: "restart",
        figures: ["known ms", "serves ms"],
        aims: ["<= 250", ""],
        what: "from the start of a killed node's process until others know its new life, and until it has keys",
        measure: || on_runtime(restart::measure()),
    },
];

/// What `--help` prints.
const USAGE: &str = "\
usage: cargo bench --manifest-path benches/Cargo.toml --bench failover -- [CASE]… [OPTIONS]
  --rounds N      rounds of every case (default 5)
  --json          one object a line instead of the table
  --help          this text";

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if words.first().is_some_and(|word| word == cluster::SERVE) {
        return cluster::serve(&words[1..]);
    }
    if words.iter().any(|word| word == "--help") {
        return println!("{USAGE}");
    }
    let (cases, rounds, json) = chosen(words).unwrap_or_else(|why| {
        eprintln!("{why}\n{USAGE}");
        std::process::exit(2);
    });
    report::run(&cases, rounds, json);
}

/// The cases, the rounds of each, and whether they are printed as JSON.
fn chosen(words: Vec<String>) -> Result<(Vec<&'static Case>, usize, bool), String> {
    let (mut cases, mut rounds, mut json) = (Vec::new(), 5, false);
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--json" => json = true,
            "--rounds" => {
                let number = words.next().and_then(|number| number.parse().ok()).filter(|number| *number > 0);
                rounds = number.ok_or("`--rounds` takes a number from 1")?;
            }
            name => {
                let names = || CASES.iter().map(|case| case.name).collect::<Vec<_>>().join(", ");
                let case = CASES.iter().find(|case| case.name == name);
                cases.push(case.ok_or_else(|| format!("`{name}` is no case; there are {}", names()))?);
            }
        }
    }
    Ok((if cases.is_empty() { CASES.iter().collect() } else { cases }, rounds, json))
}
