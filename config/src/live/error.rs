//! What goes wrong, one type for each operation.

use crate::mistake::Mistakes;
use crate::path::{ConfigPath, PathError};
use crate::store::StoreError;

/// There is no configuration. The store is as it was, unless [`Builder::clear_stale`](crate::Builder::clear_stale)
/// or [`Builder::keep_defaults`](crate::Builder::keep_defaults) was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A type cannot be a config type.
    #[error("{type_name} cannot be the config type of `{service}`: {reason}")]
    Type {
        /// The service.
        service: String,
        /// Its config type.
        type_name: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// Two services have one name.
    #[error("there are two services `{service}`")]
    Twice {
        /// The name.
        service: String,
    },
    /// The layers have mistakes.
    #[error(transparent)]
    Mistakes(#[from] Mistakes),
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// There is no such value. Nothing changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccessError {
    /// The text is no path.
    #[error(transparent)]
    Path(#[from] PathError),
    /// There is no service of this name.
    #[error("there is no service `{name}`{}", meant(.nearest))]
    UnknownService {
        /// The name.
        name: String,
        /// The service that was probably meant.
        nearest: Option<String>,
    },
    /// There is no such key.
    #[error("`{path}` is unknown{}", meant(.nearest))]
    UnknownKey {
        /// Up to the first key that is unknown.
        path: ConfigPath,
        /// The key that was probably meant.
        nearest: Option<String>,
    },
    /// The path leads to a table, which has no source of its own: its values have.
    #[error("`{path}` is a table of `{}`", .keys.join("`, `"))]
    Table {
        /// The table.
        path: ConfigPath,
        /// Its keys.
        keys: Vec<String>,
    },
    /// The service's config type is another.
    #[error("the config type of `{service}` is {registered}, not {asked}")]
    OtherType {
        /// The service.
        service: String,
        /// Its config type.
        registered: &'static str,
        /// The type that was asked for.
        asked: &'static str,
    },
}

fn meant(nearest: &Option<String>) -> String {
    nearest.as_ref().map(|nearest| format!("; did you mean `{nearest}`?")).unwrap_or_default()
}

/// Values were not set. Nothing changed, and there is no new revision.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetError {
    /// The newest revision is not the expected one: somebody else made a change since.
    #[error("revision {expected} was expected, the newest is {newest}")]
    Conflict {
        /// The expected one.
        expected: u64,
        /// The newest one.
        newest: u64,
    },
    /// The values are not accepted.
    #[error(transparent)]
    Mistakes(#[from] Mistakes),
    /// There is no service of this name.
    #[error("there is no service `{name}`{}", meant(.nearest))]
    UnknownService {
        /// The name.
        name: String,
        /// The service that was probably meant.
        nearest: Option<String>,
    },
    /// The change is too large.
    #[error("{what}: {found}, at most {limit}")]
    TooLarge {
        /// What is counted, with its unit.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// Others kept making changes: it was tried often enough.
    #[error("others make changes too quickly; the newest revision is {newest}")]
    Contended {
        /// The newest one.
        newest: u64,
    },
    /// What others changed in the store meanwhile cannot be read, or is not accepted here.
    #[error(transparent)]
    CatchUp(#[from] CatchUpError),
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
}

/// The values of an earlier revision were not restored. Nothing changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RollBackError {
    /// There is no such revision, or not all since then are kept.
    #[error("revision {to} cannot be restored; those from {oldest} to {newest} can")]
    Unknown {
        /// The revision.
        to: u64,
        /// The oldest that can be restored.
        oldest: u64,
        /// The newest.
        newest: u64,
    },
    /// Its values cannot be set.
    #[error(transparent)]
    Set(#[from] SetError),
}

/// What others stored did not take effect here. Nothing changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatchUpError {
    /// It is not accepted by the types of this program, which may be older or newer.
    #[error("a change by others is not accepted here: {0}")]
    Mistakes(Mistakes),
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}
