//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// The year of flights that comes with the example.
const DEFAULT_INPUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/flights/data/flights-2013.csv.gz");

/// Flies every flight of a file as a message to the digital twin of its aircraft, and checks the twins' totals
/// against a plain loop.
///
/// Exit code 0: the totals agree. 1: they differ, or a call failed. 2: the arguments or the file cannot be used.
#[derive(Parser)]
#[command(name = "flights")]
pub struct Cli {
    /// The flights, as csv or csv.gz.
    #[arg(long, value_name = "FILE", default_value = DEFAULT_INPUT, hide_default_value = true)]
    pub input: PathBuf,
    /// Use only the first N rows of the file.
    #[arg(long, value_name = "N", default_value_t = u64::MAX, hide_default_value = true)]
    pub limit: u64,
    /// Show the N busiest aircraft.
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub top: usize,
    /// Print one JSON object instead of tables.
    #[arg(long)]
    pub json: bool,
    /// Spread the twins over so many processes: this one, and others that it starts and stops.
    #[arg(long, value_name = "N", default_value_t = 1, hide_default_value = true,
          value_parser = clap::value_parser!(u8).range(1..=16))]
    pub nodes: u8,
    /// Kill one of the others halfway through the file.
    #[arg(long, requires = "nodes")]
    pub kill_one: bool,
    /// Feed nothing: keep twins for others, until standard input ends, Ctrl-C or SIGTERM.
    #[arg(long, conflicts_with_all = ["nodes", "kill_one", "json"])]
    pub serve: bool,
}
