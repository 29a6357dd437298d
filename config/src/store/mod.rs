//! Where revisions are kept.
//!
//! [`Store`] is the trait; [`MemoryStore`] forgets with the process; [`RedbStore`] is a file. What a store holds is
//! [`Stored`]; the suite in `testing` says what every store has to do.

mod contract;
mod error;
mod memory;
#[cfg(feature = "redb")]
mod redb;
mod revision;
mod stored;

pub use contract::Store;
pub use error::{AppendError, StoreError};
pub use memory::MemoryStore;
#[cfg(feature = "redb")]
pub use redb::RedbStore;
pub use revision::{Cause, Change, Revision};
pub(crate) use stored::Given;
pub use stored::{Held, Stored};
