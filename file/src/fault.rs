//! [`Fault`]: what is wrong with a file.

use std::io::ErrorKind;

use redb::{DatabaseError, StorageError};

/// What is wrong with a file, without its path. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// Another process, or another store of this one, has it.
    #[error("it is in use")]
    InUse,
    /// It is something else, or of a newer version.
    #[error("{0}")]
    Foreign(String),
    /// It contradicts itself, or cannot be read.
    #[error("{0}")]
    Corrupt(String),
    /// The operating system failed.
    #[error("{0}")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Fault {
    /// What stands in it cannot be.
    pub fn contradiction(reason: impl Into<String>) -> Self {
        Self::Corrupt(reason.into())
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// Of a database that is open.
impl From<redb::Error> for Fault {
    fn from(error: redb::Error) -> Self {
        match error {
            redb::Error::Corrupted(reason) => Self::Corrupt(reason),
            redb::Error::TableTypeMismatch { .. } | redb::Error::TableDoesNotExist(_) => {
                Self::Corrupt(error.to_string())
            }
            other => Self::Failed(other.into()),
        }
    }
}

/// Of a file that is being opened.
impl From<DatabaseError> for Fault {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::DatabaseAlreadyOpen => Self::InUse,
            DatabaseError::UpgradeRequired(version) => {
                Self::Foreign(format!("it is a redb database of file format {version}"))
            }
            DatabaseError::Storage(StorageError::Io(error)) if error.kind() == ErrorKind::InvalidData => {
                Self::Foreign(error.to_string())
            }
            DatabaseError::Storage(StorageError::Corrupted(reason)) => Self::Corrupt(reason),
            DatabaseError::RepairAborted => Self::Corrupt("it could not be repaired".to_owned()),
            other => Self::Failed(other.into()),
        }
    }
}
