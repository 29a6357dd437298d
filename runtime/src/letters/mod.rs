//! What a node could not deliver: kept, listed, sent again.
//!
//! ```text
//!   a tell refused unrun ─────────────────────────────────────┐
//!   a tell whose handler panicked or was cut short ───────────┼─► post ──► Letters ◄──► DeadLetters
//!   a message that crashed its actor too often ◄── Suspects ──┘            (bounded)    (list, replay, discard)
//! ```

mod dead_letters;
mod letter;
mod post;
mod replayed;
mod store;
mod suspects;

pub use dead_letters::DeadLetters;
pub use letter::DeadLetter;
pub(crate) use letter::Obstacle;
pub(crate) use post::{Remains, Undelivered, post, write_down};
pub use replayed::Replayed;
pub(crate) use store::{Letters, Text};
pub(crate) use suspects::{Suspect, Suspects};
