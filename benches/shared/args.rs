//! The command line of the benches that compare engines. Each says in its own `USAGE` what the options mean there.

use crate::USAGE;
use std::fmt;

/// What to run and how to print it.
#[derive(Default)]
pub struct Args {
    /// Families to run; empty: all.
    pub only: Vec<String>,
    /// Engines to run; empty: all.
    pub engines: Vec<String>,
    /// Rounds, if given.
    pub rounds: Option<usize>,
    /// Short rounds and small populations.
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
    /// `--rounds` takes a number from 1.
    BadRounds(String),
    /// The option's value names nothing that exists; with what does.
    NoSuch { option: &'static str, value: String, known: Vec<&'static str> },
}

impl Args {
    /// Reads the arguments after the program's name. `--bench`, which cargo adds, is accepted and means nothing.
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, ArgsError> {
        let mut args = Self::default();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--only" => args.only.push(words.next().ok_or(ArgsError::NoValue("--only"))?),
                "--engine" => args.engines.push(words.next().ok_or(ArgsError::NoValue("--engine"))?),
                "--rounds" => {
                    let rounds = words.next().ok_or(ArgsError::NoValue("--rounds"))?;
                    let number = rounds.parse().ok().filter(|rounds| *rounds > 0);
                    args.rounds = Some(number.ok_or(ArgsError::BadRounds(rounds))?);
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

/// Whether `name` is chosen; an empty choice is everything.
pub fn chosen(choice: &[String], name: &str) -> bool {
    choice.is_empty() || choice.iter().any(|chosen| chosen == name)
}

/// Refuses a choice of something that does not exist.
pub fn check(option: &'static str, choice: &[String], known: Vec<&'static str>) -> Result<(), ArgsError> {
    match choice.iter().find(|value| !known.contains(&value.as_str())) {
        Some(value) => Err(ArgsError::NoSuch { option, value: value.clone(), known }),
        None => Ok(()),
    }
}

impl fmt::Display for ArgsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(word) => write!(f, "unknown option `{word}`\n{USAGE}"),
            Self::NoValue(option) => write!(f, "`{option}` needs a value\n{USAGE}"),
            Self::BadRounds(value) => write!(f, "`--rounds {value}`: expected a number from 1"),
            Self::NoSuch { option, value, known } => {
                write!(f, "`{option} {value}`: there is no such name; there are {}", known.join(", "))
            }
        }
    }
}
