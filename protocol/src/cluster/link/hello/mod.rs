//! What two nodes say before anything else, and why one of them may refuse.

mod agreed;
mod bytes;
mod codec;
mod handshake;
mod refusal;
mod said;

pub use agreed::Agreed;
pub use codec::{HELLO_MAX, Malformed, decode, encode};
pub use handshake::Handshake;
pub use refusal::Refusal;
pub use said::{Announced, ClusterId, Hello, NotAClusterId, Session, Versions};
