//! What a call costs by where its actor is and how it is named: one caller, one call at a time, the same handler.
//!
//! `ways.rs` has the ways to call, `world.rs` what is there to be called: a node alone, and a node that has joined
//! another one in a process of its own, this program started again. The ways run in turn, round by round.

#[path = "../shared/args.rs"]
mod args;
mod report;
#[path = "../shared/server.rs"]
mod server;
#[path = "../shared/spread.rs"]
mod spread;
mod ways;
mod world;

use args::{Args, ArgsError};
use std::process::ExitCode;
use std::time::Duration;
use ways::Way;
use world::World;

/// What `--help` prints.
pub const USAGE: &str = "\
usage: cargo bench --manifest-path benches/Cargo.toml --bench local_vs_remote -- [OPTIONS]
  --only WAY      run this way to call; may be given more than once
  --rounds N      interleaved rounds (default 5; 3 with --quick)
  --quick         short rounds: to see that it works, not to compare
  --json          one object a line instead of the table
  --help          this text";

/// The only engine, for `--engine`.
const ENGINE: &str = "consort";

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args().skip(1).collect();
    if words.first().is_some_and(|word| word == server::SERVE) {
        server::say(world::served);
        world::serve();
        return ExitCode::SUCCESS;
    }
    match Args::parse(words.into_iter()).and_then(|args| plan(&args).map(|ways| (args, ways))) {
        Ok((args, _)) if args.help => println!("{USAGE}"),
        Ok((args, ways)) => run(&args, &ways),
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

/// The ways that were chosen.
fn plan(args: &Args) -> Result<Vec<Way>, ArgsError> {
    args::check("--only", &args.only, Way::ALL.map(Way::name).to_vec())?;
    args::check("--engine", &args.engines, vec![ENGINE])?;
    Ok(Way::ALL.into_iter().filter(|way| args::chosen(&args.only, way.name())).collect())
}

fn run(args: &Args, ways: &[Way]) {
    let (rounds, round) = match args.quick {
        true => (3, Duration::from_millis(20)),
        false => (5, Duration::from_millis(300)),
    };
    let rounds = args.rounds.unwrap_or(rounds);
    let world = World::open();
    let mut figures: Vec<Vec<f64>> = vec![vec![]; ways.len()];
    // one round more, which warms up
    for number in 0..=rounds {
        for (way, figures) in ways.iter().zip(&mut figures) {
            let nanoseconds = world.time(*way, round);
            if number > 0 {
                figures.push(nanoseconds);
            }
        }
    }
    match args.json {
        true => report::print_json(ways, &figures),
        false => report::print(ways, &figures),
    }
}
