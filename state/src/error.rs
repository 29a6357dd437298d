//! What goes wrong in a store.

#[cfg(feature = "redb")]
use std::path::PathBuf;

use crate::Fence;

/// A state could not be claimed or saved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// Another activation has the state: it was claimed since, or the claim came under an epoch that is over. Nothing was
    /// changed, and whoever is told so must not act for the actor any more.
    #[error("the state has been claimed by another activation: the newest is {newest}")]
    Fenced {
        /// The newest fence of the key.
        newest: Fence,
    },
    /// Those that keep it cannot be reached now, or did not answer in time. The same may succeed later.
    #[error("the store is not available: {reason}")]
    Unavailable {
        /// What is missing.
        reason: String,
        /// The error of whoever keeps it.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// What is stored contradicts itself or cannot be read.
    #[error("the store is damaged: {reason}")]
    Corrupt {
        /// What was found.
        reason: String,
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

/// A file could not be opened as a store of states. It was not changed.
#[cfg(feature = "redb")]
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process, or another store of this one, has the file.
    #[error("{} is in use; only one process may have it open", .path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The file is not a store of states: something else, or of a newer version.
    #[error("{} is not a store of states: {reason}", .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it is, as far as is known.
        reason: String,
    },
    /// What it holds contradicts itself or cannot be read.
    #[error(
        "{} is damaged: {reason}; put a copy of the file in its place, or remove it to start without states",
        .path.display()
    )]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What was found.
        reason: String,
    },
    /// The operating system failed.
    #[error("{} cannot be opened: {reason}", .path.display())]
    Failed {
        /// The file.
        path: PathBuf,
        /// In the words of the operating system.
        reason: String,
    },
}
