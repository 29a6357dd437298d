//! What the runtime sees of the other nodes: where its calls go out, and what it gives back when it ends.

mod asked;
mod part;
mod remote;

pub(crate) use part::Part;
pub(crate) use remote::Beyond;
