//! States in one file.
//!
//! ```text
//! claim, save ──► channel ──► Writer, on a thread: all that waits ──► one transaction ──► answers
//! ```

mod store;
mod writer;

pub use store::RedbStateStore;
