//! Flights: a digital twin of every aircraft that left New York in 2013. See this folder's `README.md`.
//!
//! `cargo run --release --example flights`

mod cli;
mod decoder;
mod feed;
mod feeder;
mod input;
mod memory;
mod nodes;
mod plain;
mod progress;
mod report;
mod twins;

use std::error::Error;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use clap::Parser;
use consort::prelude::*;
use tokio::process::Child;

use crate::cli::Cli;
use crate::input::{InputError, Reader};
use crate::nodes::{Others, Post, serve, settled};
use crate::progress::Progress;
use crate::report::Report;
use crate::twins::{Airport, Plane};

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let ended = if cli.serve { keep().await } else { fly(&cli).await };
    ended.unwrap_or_else(|error| {
        eprintln!("flights: {error}");
        ExitCode::from(if error.is::<InputError>() { 2 } else { 1 })
    })
}

/// Feeds, checks and reports.
async fn fly(cli: &Cli) -> Result<ExitCode, Failure> {
    let report = run(cli).await?;
    let text = if cli.json { report.json(cli.top).to_string() } else { report.tables(cli.top) };
    // Whoever reads the report may close the pipe early, `head` for one: the verdict stays the same.
    if let Err(error) = writeln!(io::stdout(), "{text}")
        && error.kind() != ErrorKind::BrokenPipe
    {
        return Err(format!("the report cannot be written: {error}").into());
    }
    match &report.difference {
        None => Ok(ExitCode::SUCCESS),
        Some(difference) => Err(format!("the totals differ: {difference}").into()),
    }
}

/// Keeps twins for others.
async fn keep() -> Result<ExitCode, Failure> {
    serve(&twins(Node::from_env()).start().await?).await?;
    Ok(ExitCode::SUCCESS)
}

/// The services are the same wherever they run.
fn twins(node: NodeBuilder) -> NodeBuilder {
    node.name("flights").serve::<Plane>().serve::<Airport>().serve::<Post>()
}

/// Feeds the file to the twins, then adds it up once more without them.
async fn run(cli: &Cli) -> Result<Report, Failure> {
    let reader = Reader::open(&cli.input)?;
    let (node, mut others) = start(cli.nodes).await?;
    settled(&node, cli.nodes).await?;
    let before = memory::resident();

    let progress = Progress::new("flying", &reader);
    let victim = cli.kill_one.then(|| others.victim()).flatten();
    let killed = victim.map(|victim| tokio::spawn(kill_half_way(victim, progress.clone())));
    let fed = feed::feed(&node, (&cli.input, reader), cli.limit, &progress).await?;
    progress.finish();
    let killed = match killed {
        Some(killed) => killed.await?,
        None => None,
    };
    let grown = before.zip(memory::resident()).map(|(before, after)| after.saturating_sub(before));
    others.stop().await;
    node.shutdown().await?;

    let reader = Reader::open(&cli.input)?;
    let progress = Progress::new("checking", &reader);
    let plain = plain::add_up(reader, cli.limit, &progress)?;
    progress.finish();
    let difference = fed.ledger.difference(&plain.ledger);
    Ok(Report { fed, killed, grown, plain: plain.took, difference })
}

/// This process alone, or as the environment says, or the first of several.
async fn start(nodes: u8) -> Result<(Node, Others), Failure> {
    let mut others = Others::none()?;
    if nodes == 1 {
        return Ok((twins(Node::from_env()).start().await?, others));
    }
    let node = twins(Node::builder()).join(others.first()).start().await?;
    for _ in 1..nodes {
        others.start()?;
    }
    Ok((node, others))
}

/// Returns which process it was.
async fn kill_half_way(mut victim: Child, progress: Progress) -> Option<u32> {
    progress.half_way().await;
    let process = victim.id();
    // an error is one that has ended by itself
    let _ = victim.kill().await;
    process
}
