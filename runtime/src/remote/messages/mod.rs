//! What is said to another node: calls with their bodies, operations, and what is asked by names.

mod body;
mod built_in;
mod far;
mod incoming;
mod message;
mod operation;

#[doc(hidden)]
pub(crate) use body::{pack, pack_outcome, unpack, unpack_outcome};
pub use built_in::BuiltIn;
pub(crate) use built_in::{Address, Named};
pub(crate) use far::Far;
pub use incoming::Incoming;
pub use message::{Caller, Message, Origin};
pub use operation::Operation;
