//! Where revisions are kept.
//!
//! [`Store`] is the trait; [`MemoryStore`] forgets with the process. What a store holds is
//! [`Stored`]; the suite in `testing` says what every store has to do.

mod contract;
mod error;
mod memory;
mod revision;
mod stored;

pub use contract::Store;
pub use error::{AppendError, StoreError};
pub use memory::MemoryStore;
pub use revision::{Cause, Change, Revision};
pub use stored::{Held, Stored};
