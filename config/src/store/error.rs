//! What goes wrong in a store.

use std::path::PathBuf;

/// A store could not be read or written. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process, or another store of this one, has the file.
    #[error("{} is in use; only one process may have it open", .path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The file is not a store of configuration: something else, or of a newer version.
    #[error("{} is not a store of configuration: {reason}", .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it is, as far as is known.
        reason: String,
    },
    /// What is stored contradicts itself or cannot be read. Put a copy of the file in its place, or remove it to
    /// start without revisions.
    #[error("{} is damaged: {reason}", .path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What was found.
        reason: String,
    },
    /// Those that keep it together cannot be reached now. The same may succeed later.
    #[error("the store is not available: {reason}")]
    Unavailable {
        /// What is missing.
        reason: String,
        /// The error of whoever keeps it.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// The operating system, or a network, failed.
    #[error("the store failed: {reason}")]
    Failed {
        /// In the words of whoever failed.
        reason: String,
        /// Its error.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        Self::Failed { reason: error.to_string(), source: Some(error.into()) }
    }
}

/// A revision was not stored. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// The revision does not follow the newest one: somebody else was faster.
    #[error("the newest revision is {newest}")]
    NotNext {
        /// The newest revision there is; 0 if there is none.
        newest: u64,
    },
    /// The store failed. A store behind a network may not know whether the revision was stored; read it again.
    #[error(transparent)]
    Store(#[from] StoreError),
}
