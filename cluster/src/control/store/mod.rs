//! What the control plane is to the rest of a node: one trait, [`CoordStore`], and what goes through it.

mod contract;
mod entry;
mod error;
mod follow;
mod limits;
mod transaction;
mod watch;

pub use contract::{CoordStore, Pending, Read};
pub use entry::{Change, Changes, Entry, LeaseId, Revision, Snapshot};
pub use error::{LeaseError, ReadError, WatchError, WriteError};
pub use follow::{Follow, Followed};
pub use limits::{Limit, LimitError};
pub(crate) use limits::{check_key, check_prefix, check_range, check_transaction, check_ttl};
pub use transaction::{Action, Expect, Step, Transaction};
pub use watch::Watch;
pub(crate) use watch::{Source, Told};
