//! What is wrong with a configuration: every mistake, each with its place.

use std::fmt;

use crate::path::ConfigPath;
use crate::source::Source;

/// One mistake. Its text never shows the value of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mistake {
    /// Where it was made.
    pub source: Source,
    /// Which key it is about; empty if about none.
    pub path: ConfigPath,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// The first key is not the name of a service.
    UnknownService {
        /// The service that was probably meant.
        nearest: Option<String>,
    },
    /// The service has no such key.
    UnknownKey {
        /// The key that was probably meant, of those at the same place.
        nearest: Option<String>,
        /// All keys at this place, in the order of the alphabet.
        known: Vec<String>,
    },
    /// The type is wrong, or the value is out of its range.
    Unfit {
        /// In words: `an integer from 1 to 1000`.
        wanted: String,
        /// The value or what it is; `***` if it is a secret.
        found: String,
    },
    /// The config type did not accept the value.
    Refused {
        /// In the words of the type.
        reason: String,
    },
    /// Two variables set the same key.
    Twice {
        /// The other one.
        other: Source,
    },
    /// The file is not TOML, or the text is not a path.
    Syntax {
        /// In the words of the parser.
        reason: String,
    },
    /// The file cannot be read.
    Unreadable {
        /// In the words of the operating system.
        reason: String,
    },
}

impl Mistake {
    pub(crate) fn new(source: Source, path: ConfigPath, problem: Problem) -> Self {
        Self { source, path, problem }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source, path, problem } = self;
        write!(f, "{source}: ")?;
        match problem {
            Problem::UnknownService { nearest } => {
                let name = path.service().unwrap_or_default();
                write!(f, "there is no service `{name}`")?;
                did_you_mean(f, nearest.as_deref())
            }
            Problem::UnknownKey { nearest, known } => {
                write!(f, "`{path}` is unknown")?;
                if nearest.is_none() && !known.is_empty() {
                    write!(f, "; the keys there are {}", listed(known))?;
                }
                did_you_mean(f, nearest.as_deref())
            }
            Problem::Unfit { wanted, found } => write!(f, "`{path}` wants {wanted}, found {found}"),
            Problem::Refused { reason } => write!(f, "`{path}` is refused: {reason}"),
            Problem::Twice { other } => write!(f, "`{path}` is set by {other} too"),
            Problem::Syntax { reason } => f.write_str(reason),
            Problem::Unreadable { reason } => write!(f, "cannot be read: {reason}"),
        }
    }
}

fn did_you_mean(f: &mut fmt::Formatter<'_>, nearest: Option<&str>) -> fmt::Result {
    nearest.map_or(Ok(()), |nearest| write!(f, "; did you mean `{nearest}`?"))
}

/// At most this many keys in one line: more cannot be taken in at a glance.
const LISTED_MAX: usize = 12;

fn listed(known: &[String]) -> String {
    let shown: Vec<_> = known.iter().take(LISTED_MAX).map(|key| format!("`{key}`")).collect();
    let more = if known.len() > LISTED_MAX { ", …" } else { "" };
    shown.join(", ") + more
}

/// Every mistake that was found, in the order of layers and lines. Nothing of what was wanted took effect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Mistakes(Vec<Mistake>);

/// How many mistakes are printed. More than a few screens are not read; all are in [`Mistakes::all`].
const PRINTED_MAX: usize = 100;

impl Mistakes {
    /// All of them; at least one.
    pub fn all(&self) -> &[Mistake] {
        &self.0
    }

    /// The same, of a revision that will not be made: its values are still those of somebody's change.
    pub(crate) fn before_revision(mut self, refused: u64, author: &str) -> Self {
        for mistake in &mut self.0 {
            if matches!(mistake.source, Source::Revision { number, .. } if number == refused) {
                mistake.source = Source::Edit { author: author.to_owned() };
            }
        }
        self
    }

    /// `Err` with all that were found, or `Ok` if there are none.
    pub(crate) fn none_of(mut found: Vec<Mistake>) -> Result<(), Self> {
        found.sort_by(|one, other| one.source.place().cmp(&other.source.place()));
        if found.is_empty() { Ok(()) } else { Err(Self(found)) }
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [only] => write!(f, "{only}"),
            all => {
                write!(f, "{} mistakes in the configuration:", all.len())?;
                for mistake in all.iter().take(PRINTED_MAX) {
                    write!(f, "\n  {mistake}")?;
                }
                let more = all.len().saturating_sub(PRINTED_MAX);
                if more > 0 { write!(f, "\n  and {more} more") } else { Ok(()) }
            }
        }
    }
}
