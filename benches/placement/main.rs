//! Where keys live: how long it takes to say, how even it is, and what moves when a node comes or goes.
//!
//! Each *engine* says for a hashed key on which of so many nodes it lives: Consort's slot table, and beside it what one
//! would write without a table: a ring, rendezvous hashing, jump hashing. `measure.rs` measures one engine with so many
//! nodes, `report.rs` prints. Only the look-up is timed, in interleaved rounds; the rest is counted, and the same in
//! every run.

mod args;
mod engine;
mod engines;
mod measure;
mod report;

use args::{Args, USAGE};
use engine::Engine;
use measure::{Sample, measure};
use report::Row;

/// In the order in which they are printed.
const ENGINES: &[&dyn Engine] = &[&engines::Slots, &engines::Ring, &engines::Rendezvous, &engines::Jump];

/// How many nodes, unless some are asked for.
const NODES: &[usize] = &[3, 10, 100, 300, 1_000];

fn main() {
    let args = Args::parse(std::env::args().skip(1)).unwrap_or_else(|error| {
        eprintln!("{error}");
        std::process::exit(2);
    });
    if args.help {
        return println!("{USAGE}");
    }
    let sample = Sample::new(if args.quick { 20_000 } else { 1_000_000 });
    let rounds = args.rounds.unwrap_or(if args.quick { 2 } else { 5 });
    if !args.json {
        report::print_head(rounds, &sample);
    }
    let all = if args.nodes.is_empty() { NODES } else { &args.nodes };
    for nodes in all {
        let chosen = ENGINES.iter().filter(|engine| args.engines.is_empty() || args.engines.contains(&engine.name()));
        let mut rows: Vec<Row> = chosen.map(|engine| measure(*engine, *nodes, &sample)).collect();
        for _ in 0..rounds {
            rows.iter_mut().for_each(|row| row.time(&sample));
        }
        rows.iter().for_each(|row| if args.json { row.print_json() } else { row.print() });
        if !args.json {
            println!();
        }
    }
}
