//! Where a value comes from.

use std::fmt;
use std::path::{Path, PathBuf};

/// Where a value comes from. Later variants win over earlier ones; of two files the one named later wins.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// `Default` of the service's config type.
    Default,
    /// A default that was kept, of an earlier program: the type's own is another one now.
    Kept {
        /// The revision that kept it, from 1.
        number: u64,
    },
    /// A TOML file.
    File {
        /// As it was given to the builder.
        path: PathBuf,
        /// From 1; `None` if it is about the whole file.
        line: Option<u32>,
    },
    /// An environment variable.
    Variable {
        /// As it stands in the environment: `CONSORT_CART__LIMIT`.
        name: String,
    },
    /// Set at run time.
    Revision {
        /// The revision that set it, from 1.
        number: u64,
        /// Who made the revision.
        author: String,
    },
    /// A change that is not a revision yet: stands in errors only.
    Edit {
        /// Who wants it.
        author: String,
    },
}

impl Source {
    /// The layer, lowest first.
    pub(crate) fn rank(&self) -> u8 {
        match self {
            Self::Default => 0,
            Self::Kept { .. } => 1,
            Self::File { .. } => 2,
            Self::Variable { .. } => 3,
            Self::Revision { .. } => 4,
            Self::Edit { .. } => 5,
        }
    }

    /// For sorting: the layer, then the file, then the line.
    pub(crate) fn place(&self) -> (u8, Option<&Path>, Option<u32>) {
        match self {
            Self::File { path, line } => (self.rank(), Some(path), *line),
            Self::Default | Self::Kept { .. } | Self::Variable { .. } | Self::Revision { .. } | Self::Edit { .. } => {
                (self.rank(), None, None)
            }
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Kept { number } => write!(f, "default kept by revision {number}"),
            Self::File { path, line: Some(line) } => write!(f, "{}:{line}", path.display()),
            Self::File { path, line: None } => write!(f, "{}", path.display()),
            Self::Variable { name } => f.write_str(name),
            Self::Revision { number, author } => write!(f, "revision {number} by {author}"),
            Self::Edit { author } => write!(f, "change by {author}"),
        }
    }
}
