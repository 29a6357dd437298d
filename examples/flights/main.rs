//! Flights: a digital twin of every aircraft that left New York in 2013. See this folder's `README.md`.
//!
//! `cargo run --release --example flights`

mod cli;
mod decoder;
mod feed;
mod input;
mod memory;
mod plain;
mod progress;
mod report;
mod twins;

use std::error::Error;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use clap::Parser;
use consort::prelude::*;

use crate::cli::Cli;
use crate::input::{InputError, Reader};
use crate::progress::Progress;
use crate::report::Report;
use crate::twins::{Airport, Plane};

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let report = match run(&cli).await {
        Ok(report) => report,
        Err(error) => {
            eprintln!("flights: {error}");
            return ExitCode::from(if error.is::<InputError>() { 2 } else { 1 });
        }
    };
    let text = if cli.json { report.json(cli.top).to_string() } else { report.tables(cli.top) };
    // Whoever reads the report may close the pipe early, `head` for one: the verdict stays the same.
    if let Err(error) = writeln!(io::stdout(), "{text}")
        && error.kind() != ErrorKind::BrokenPipe
    {
        eprintln!("flights: the report cannot be written: {error}");
        return ExitCode::FAILURE;
    }
    match &report.difference {
        None => ExitCode::SUCCESS,
        Some(difference) => {
            eprintln!("flights: the totals differ: {difference}");
            ExitCode::FAILURE
        }
    }
}

/// Feeds the file to the twins, then adds it up once more without them.
async fn run(cli: &Cli) -> Result<Report, Box<dyn Error + Send + Sync>> {
    let reader = Reader::open(&cli.input)?;
    let node = Node::builder().name("flights").serve::<Plane>().serve::<Airport>().start().await?;
    let before = memory::resident();

    let progress = Progress::new("flying", &reader);
    let fed = feed::feed(&node, reader, cli.limit, progress.clone()).await?;
    progress.finish();
    let grown = before.zip(memory::resident()).map(|(before, after)| after.saturating_sub(before));
    node.shutdown().await?;

    let reader = Reader::open(&cli.input)?;
    let progress = Progress::new("checking", &reader);
    let plain = plain::add_up(reader, cli.limit, &progress)?;
    progress.finish();
    let difference = fed.ledger.difference(&plain.ledger);
    Ok(Report { fed, grown, plain: plain.took, difference })
}
