//! Why a manifest was not applied.

use thiserror::Error;

use super::Code;
#[cfg(feature = "config")]
use super::ConfigError;
use crate::wire::excerpt;

/// A manifest was not applied: the node runs as before.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// It says what cannot be: all mistakes, in their order.
    #[error("{}{} [C0052]", counted(.0), .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n  "))]
    Mistakes(Vec<ManifestMistake>),
    /// Its values of the configuration were not accepted.
    #[cfg(feature = "config")]
    #[error("the manifest's configuration: {0}")]
    Config(#[from] ConfigError),
}

impl ManifestError {
    /// The number of this error.
    pub const fn code(&self) -> Code {
        match self {
            Self::Mistakes(_) => Code::MANIFEST,
            #[cfg(feature = "config")]
            Self::Config(error) => error.code(),
        }
    }
}

fn counted(mistakes: &[ManifestMistake]) -> String {
    match mistakes.len() {
        1 => String::new(),
        many => format!("{many} mistakes in the manifest:\n  "),
    }
}

/// What is wrong in a manifest, and where.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}, {object}: {reason}")]
#[non_exhaustive]
pub struct ManifestMistake {
    /// In the manifest's text, from 1: that of the document's begin, or the exact one if it cannot be parsed.
    pub line: usize,
    /// The object it is about, by kind and name.
    pub object: Box<str>,
    /// What is wrong, and what would be right.
    pub reason: String,
}

impl ManifestMistake {
    pub(crate) fn new(line: usize, object: &str, reason: impl Into<String>) -> Self {
        Self { line, object: excerpt(object), reason: reason.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::{ManifestError, ManifestMistake};

    #[test]
    fn one_mistake_is_a_line_and_more_are_counted() {
        let mistake = |line| ManifestMistake::new(line, "Service cart", "no");
        assert_eq!(ManifestError::Mistakes(vec![mistake(3)]).to_string(), "line 3, Service cart: no [C0052]");
        assert_eq!(
            ManifestError::Mistakes(vec![mistake(3), mistake(9)]).to_string(),
            "2 mistakes in the manifest:\n  line 3, Service cart: no\n  line 9, Service cart: no [C0052]"
        );
    }
}
