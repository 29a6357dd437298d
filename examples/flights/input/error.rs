//! [`InputError`]: why a file cannot be used at all; each is one line.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Ends the program with exit code 2.
#[derive(Debug)]
pub enum InputError {
    /// Missing, or not readable.
    Open { path: PathBuf, error: io::Error },
    /// A folder, a pipe or a device: the file is read twice, so it must be one that can be.
    NotAFile { path: PathBuf },
    /// Not even a header.
    Empty { path: PathBuf },
    /// Columns the program needs are not in the header, whose beginning is shown.
    Columns { path: PathBuf, missing: Vec<&'static str>, header: String },
    /// Reading failed after `line`: a damaged disk or a damaged csv.gz.
    Read { path: PathBuf, line: u64, error: io::Error },
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open { path, error } => write!(f, "{}: cannot be opened: {error}", path.display()),
            Self::NotAFile { path } => write!(f, "{}: is not a file", path.display()),
            Self::Empty { path } => write!(f, "{}: is empty, not even a header", path.display()),
            Self::Columns { path, missing, header } => {
                let s = if missing.len() == 1 { "" } else { "s" };
                write!(f, "{}: misses the column{s} {}; its header: {header}", path.display(), missing.join(", "))
            }
            Self::Read { path, line: 0, error } => write!(f, "{}: cannot be read: {error}", path.display()),
            Self::Read { path, line, error } => {
                write!(f, "{}: cannot be read on after line {line}: {error}", path.display())
            }
        }
    }
}

impl std::error::Error for InputError {}
