//! What care costs, and how quick it is: restarts, siblings of what crashes, quarantines, beats, the price of an ask.
//!
//! Each *case* is a module with one function that measures one round; `report.rs` prints. Every round builds its own
//! tokio runtime and node. There are no peers here: none of the crates in the other bench has quarantines, beats or a
//! count of calls; the restart has one, kameo under its own supervision.

mod ask;
mod beats;
mod hang;
mod report;
mod restart;
mod services;
mod siblings;

use report::{Case, Effort};

const CASES: &[Case] = &[
    Case { name: "restart", unit: "ms", what: "p99 from a handler's panic to the next answer", measure: restart::ours },
    Case {
        name: "restart_kameo",
        unit: "ms",
        what: "the same, a kameo actor under supervision",
        measure: restart::kameo,
    },
    Case {
        name: "siblings",
        unit: "x",
        what: "p99 of an ask while 1,000 others crash a second, beside that while none do, by turns",
        measure: siblings::storm,
    },
    Case {
        name: "quarantine",
        unit: "ms",
        what: "from the progress deadline to the quarantine",
        measure: hang::suspended,
    },
    Case {
        name: "quarantine_thread",
        unit: "ms",
        what: "the same, of a handler that blocks its thread",
        measure: hang::blocking,
    },
    Case {
        name: "beat_delay",
        unit: "ms",
        what: "worst delay of a beat while all workers burn",
        measure: beats::worst_delay,
    },
    Case {
        name: "beat_floor",
        unit: "ms",
        what: "the same of a bare thread that sleeps as long, beside the beats: what the system adds",
        measure: beats::floor,
    },
    Case {
        name: "beat_million",
        unit: "us",
        what: "one beat of a node with a million idle actors",
        measure: beats::million,
    },
    Case { name: "ask_without", unit: "ns", what: "an ask with nobody watching", measure: ask::without },
    Case {
        name: "ask_cared_for",
        unit: "ns",
        what: "with supervision, progress deadlines and beats",
        measure: ask::cared_for,
    },
    Case { name: "ask_measured", unit: "ns", what: "with telemetry as well", measure: ask::measured },
];

fn main() {
    let print = std::panic::take_hook();
    // a storm of panics that are meant is not to be printed
    std::panic::set_hook(Box::new(move |panic| match panic.payload_as_str() {
        Some(services::SHARDS) => {}
        _ => print(panic),
    }));
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let quick = words.iter().any(|word| word == "--quick");
    let chosen: Vec<&String> = words.iter().filter(|word| *word != "--quick").collect();
    if let Some(unknown) = chosen.iter().find(|name| CASES.iter().all(|case| case.name != **name)) {
        let names: Vec<_> = CASES.iter().map(|case| case.name).collect();
        eprintln!("`{unknown}` is no case; there are {}, and --quick", names.join(", "));
        std::process::exit(2);
    }
    let effort = Effort { rounds: if quick { 2 } else { 5 }, quick };
    let cases: Vec<&Case> =
        CASES.iter().filter(|it| chosen.is_empty() || chosen.iter().any(|name| *name == it.name)).collect();
    report::run(&cases, &effort);
}
