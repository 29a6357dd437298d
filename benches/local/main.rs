//! Consort beside floors (a lock, a channel) and peers (other actor crates), all in one process and one interleaved run.
//!
//! A *case* (`cases/`) is a shape of work; an *engine* (`floors/`, `peers/`, `consort.rs`) does it; `rounds.rs` runs
//! every engine of a case in turn, round by round; `table.rs` or `json.rs` prints. Each round of an engine builds its
//! own tokio runtime, warms up, measures, checks its result and drops the runtime.

mod alloc;
#[path = "../shared/args.rs"]
mod args;
mod cases;
mod consort;
mod contender;
mod engine;
mod floors;
mod json;
mod peers;
mod rounds;
#[path = "../shared/spread.rs"]
mod spread;
mod table;

use args::{Args, ArgsError};
use cases::{Bench, Case};
use contender::Contender;
use rounds::Effort;
use std::process::ExitCode;
use std::time::Duration;

/// What `--help` prints.
pub const USAGE: &str = "\
usage: cargo bench --manifest-path benches/Cargo.toml --bench local -- [OPTIONS]
  --only BENCH    run this family of cases; may be given more than once
  --engine NAME   run this engine; may be given more than once
  --rounds N      interleaved rounds of every case (default 5; 3 with --quick)
  --quick         short rounds and small populations: to see that it works, not to compare
  --json          one object a line instead of the table
  --help          this text";

fn main() -> ExitCode {
    match Args::parse(std::env::args().skip(1)).and_then(|args| plan(&args).map(|plan| (args, plan))) {
        Ok((args, _)) if args.help => println!("{}", USAGE),
        Ok((args, (cases, contenders))) => run(&args, &cases, &contenders),
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

/// The cases and engines that were chosen.
fn plan(args: &Args) -> Result<(Vec<Case>, Vec<Contender>), ArgsError> {
    let mut cases = cases::all(args.quick);
    let mut contenders = contender::all();
    args::check("--only", &args.only, Bench::ALL.map(Bench::name).to_vec())?;
    args::check("--engine", &args.engines, contenders.iter().map(|contender| contender.name).collect())?;
    cases.retain(|case| args::chosen(&args.only, case.bench.name()));
    contenders.retain(|contender| args::chosen(&args.engines, contender.name));
    Ok((cases, contenders))
}

fn run(args: &Args, cases: &[Case], contenders: &[Contender]) {
    let (rounds, round) = match args.quick {
        true => (3, Duration::from_millis(10)),
        false => (5, Duration::from_millis(120)),
    };
    let effort = Effort { rounds: args.rounds.unwrap_or(rounds), round };
    if !args.json {
        table::print_head(&effort);
    }
    for case in cases {
        let rows = rounds::run(case, contenders, &effort);
        match args.json {
            true => json::print(case, &rows),
            false => table::print(case, &rows),
        }
    }
}
