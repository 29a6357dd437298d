//! What others ask and tell.

mod answers;
mod chore;
mod peer;
mod records;
mod serve_trait;

pub use answers::{Answerer, Answers, Due, Hold};
pub use chore::Chore;
pub use peer::Peer;
pub(in crate::transport) use records::records;
pub use records::{Correlation, Record, Records};
pub use serve_trait::Serve;
