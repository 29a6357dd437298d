//! What else sends calls from one process to another, each set up for large messages and many calls at once.

#[cfg(feature = "remote-peers")]
mod kameo;
#[cfg(feature = "remote-peers")]
mod ractor;
mod tarpc;
mod tonic;

#[cfg(feature = "remote-peers")]
pub use kameo::Kameo;
#[cfg(feature = "remote-peers")]
pub use ractor::Ractor;
pub use tarpc::Tarpc;
pub use tonic::Tonic;
