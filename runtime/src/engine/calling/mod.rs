//! How a call is made: the quick way of an ask, all other ways, what goes with it, and how its caller waits for the answer.

pub(in crate::engine) mod arriving;
pub(in crate::engine) mod asking;
pub(in crate::engine) mod call;
pub(in crate::engine) mod envelope;
pub(in crate::engine) mod inline;
pub(in crate::engine) mod push;
pub(in crate::engine) mod reply;
pub(in crate::engine) mod send;
pub(in crate::engine) mod spin;
pub(in crate::engine) mod withheld;
