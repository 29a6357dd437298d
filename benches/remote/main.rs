//! Consort between two processes, beside floors (the same bytes without actors) and peers (what else sends calls from
//! one process to another), in one interleaved run.
//!
//! ```text
//! this process: load ──► Engine::ask, tell ══ loopback ══► Engine::serve: its server, this program started again
//!       └──────────────── pipe: how many tells were handled? ───────────────►┘
//! ```
//!
//! A *case* is a shape of load: so many callers, each of which calls again when it has its answer, with a payload of so
//! many bytes. An *engine* carries it: to one of 64 actors that count tells and send the payload of an ask back. All
//! engines of a case run in turn, round by round. Each has its server process and its runtimes for the whole run; those
//! that are not measured are at rest.

#[path = "../shared/args.rs"]
mod args;
mod case;
mod consort;
mod contender;
mod engine;
mod erlang;
mod floors;
mod json;
mod load;
mod peers;
mod rounds;
#[path = "../shared/server.rs"]
mod server;
#[path = "../shared/spread.rs"]
mod spread;
mod table;

use args::{Args, ArgsError};
use case::{Bench, Case};
use contender::Contender;
use rounds::Effort;
use std::process::ExitCode;
use std::time::Duration;

/// What `--help` prints.
pub const USAGE: &str = "\
usage: cargo bench --manifest-path benches/Cargo.toml --bench remote -- [OPTIONS]
  --only NAME     run `remote_ask` or `remote_tell`, or cases of this shape, as `64Bx64`; may be given more than once
  --engine NAME   run this engine; may be given more than once
  --rounds N      interleaved rounds of every case (default 3)
  --quick         short rounds: to see that it works, not to compare
  --json          one object a line instead of the table
  --help          this text";

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args().skip(1).collect();
    if let [word, engine] = &words[..]
        && word == server::SERVE
    {
        return serve(engine);
    }
    match Args::parse(words.into_iter()).and_then(|args| plan(&args).map(|plan| (args, plan))) {
        Ok((args, _)) if args.help => println!("{USAGE}"),
        Ok((args, (cases, contenders))) => run(&args, &cases, &contenders),
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

/// What the server process does.
fn serve(engine: &str) -> ExitCode {
    let Some(contender) = contender::all().into_iter().find(|contender| contender.name == engine) else {
        eprintln!("there is no engine `{engine}`");
        return ExitCode::from(2);
    };
    server::say(engine::handled);
    (contender.serve)();
    ExitCode::SUCCESS
}

/// The cases and engines that were chosen.
fn plan(args: &Args) -> Result<(Vec<Case>, Vec<Contender>), ArgsError> {
    let mut cases = case::all();
    let mut contenders = contender::all();
    let shapes = cases.iter().map(|case| case.name);
    args::check("--only", &args.only, Bench::ALL.map(Bench::name).into_iter().chain(shapes).collect())?;
    args::check("--engine", &args.engines, contenders.iter().map(|contender| contender.name).collect())?;
    cases.retain(|case| case.is_chosen(&args.only));
    contenders.retain(|contender| args::chosen(&args.engines, contender.name));
    Ok((cases, contenders))
}

fn run(args: &Args, cases: &[Case], contenders: &[Contender]) {
    let (warm_up, round) = match args.quick {
        true => (Duration::from_millis(50), Duration::from_millis(200)),
        false => (Duration::from_millis(300), Duration::from_secs(1)),
    };
    let effort = Effort { rounds: args.rounds.unwrap_or(3), warm_up, round };
    if !args.json {
        table::print_head(&effort);
    }
    let connect = |contender: &Contender| {
        let connected = (contender.connect)();
        connected.inspect_err(|why| eprintln!("{} skipped: {why}", contender.name)).ok()
    };
    let clients: Vec<_> = contenders.iter().filter_map(connect).collect();
    for case in cases {
        let rows = rounds::run(case, &clients, &effort);
        match args.json {
            true => json::print(case, &rows),
            false => table::print(case, &rows),
        }
    }
}
