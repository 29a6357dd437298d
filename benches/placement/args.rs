//! The command line.

use std::fmt;

use crate::ENGINES;

/// What `--help` prints.
pub const USAGE: &str = "\
usage: cargo bench --manifest-path benches/Cargo.toml --bench placement -- [OPTIONS]
  --nodes N       measure with so many nodes; may be given more than once (default 3 10 100 300 1000)
  --engine NAME   run this engine; may be given more than once
  --rounds N      interleaved rounds of every look-up (default 5; 2 with --quick)
  --quick         few keys: to see that it works, not to compare
  --json          one object a line instead of the table
  --help          this text";

/// What to run and how to print it.
#[derive(Default)]
pub struct Args {
    /// Numbers of nodes; empty: the usual ones.
    pub nodes: Vec<usize>,
    /// Engines to run; empty: all.
    pub engines: Vec<&'static str>,
    /// Rounds, if given.
    pub rounds: Option<usize>,
    /// Few keys.
    pub quick: bool,
    /// JSON lines instead of the table.
    pub json: bool,
    /// Print the usage and end.
    pub help: bool,
}

/// Why a command line was refused.
pub enum ArgsError {
    /// Not an option of this program.
    Unknown(String),
    /// The option needs a value.
    NoValue(&'static str),
    /// The option takes a number from 1.
    BadNumber { option: &'static str, value: String },
    /// There is no such engine.
    NoEngine(String),
}

impl Args {
    /// Reads the arguments after the program's name. `--bench`, which cargo adds, is accepted and means nothing.
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, ArgsError> {
        let mut args = Self::default();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--nodes" => args.nodes.push(number("--nodes", words.next())?),
                "--rounds" => args.rounds = Some(number("--rounds", words.next())?),
                "--engine" => {
                    let name = words.next().ok_or(ArgsError::NoValue("--engine"))?;
                    let known = ENGINES.iter().map(|engine| engine.name()).find(|known| *known == name);
                    args.engines.push(known.ok_or(ArgsError::NoEngine(name))?);
                }
                "--quick" => args.quick = true,
                "--json" => args.json = true,
                "--help" | "-h" => args.help = true,
                "--bench" => {}
                _ => return Err(ArgsError::Unknown(word)),
            }
        }
        Ok(args)
    }
}

fn number(option: &'static str, value: Option<String>) -> Result<usize, ArgsError> {
    let value = value.ok_or(ArgsError::NoValue(option))?;
    let number = value.parse().ok().filter(|number| *number > 0);
    number.ok_or(ArgsError::BadNumber { option, value })
}

impl fmt::Display for ArgsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(word) => write!(f, "unknown option `{word}`\n{USAGE}"),
            Self::NoValue(option) => write!(f, "`{option}` needs a value\n{USAGE}"),
            Self::BadNumber { option, value } => write!(f, "`{option} {value}`: expected a number from 1"),
            Self::NoEngine(name) => {
                let known: Vec<_> = ENGINES.iter().map(|engine| engine.name()).collect();
                write!(f, "`--engine {name}`: there is no such name; there are {}", known.join(", "))
            }
        }
    }
}
