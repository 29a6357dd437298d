//! What else sends calls from one process to another, each set up for large messages and many calls at once.

mod tarpc;
mod tonic;

pub use tarpc::Tarpc;
pub use tonic::Tonic;
