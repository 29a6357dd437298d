//! What two nodes say to each other, byte by byte.
//!
//! ```text
//! routing ── Frame::encode ──► bytes ── a record of the transport ──► bytes ── Frame::decode ──► routing
//! ```
//!
//! A frame begins with its [`Kind`] and its flags. Then come its parts in a fixed order, and at its end what nobody on
//! the way looks at: arguments, an answer, a snapshot. Frames borrow what they were read from. Every length is
//! compared with what is there before anything is done with it; what is wrong is [`Malformed`] and says where. The
//! bytes are described in `docs/wire.md`.
//!
//! Which answer belongs to which call is no matter of frames: the transport's records know. In which version two nodes
//! speak, they agree on in their [`hello`](super::link::hello): who reads knows every version it speaks, who writes sends no
//! kind that is newer than was agreed on ([`Kind::since`]). The version is raised for what must be understood, never for a
//! flag or kind that may be ignored.

pub mod limits;
pub mod msgpack;

mod bytes;
mod call;
mod error;
mod frame;
mod kind;
mod reply;
mod snapshot;

pub use call::{Activation, Call, Caller, NotATraceParent, Place, Trace, TraceParent, Waiting};
pub use error::{Malformed, Unencodable, Why};
pub use frame::{Frame, Ignored};
pub use kind::Kind;
pub use reply::{Failure, Outcome, Reply};
pub use snapshot::Snapshot;
