//! Looks through msgpack before anybody builds something from it.
//!
//! A deserializer believes what it is told: that an array has four thousand million elements, that a value lies a
//! thousand levels deep. What passed [`check`] or [`fields`] has exactly one value, to the last byte, no deeper than
//! allowed, and no length in it goes beyond what is there. Both take one pass, without recursion and allocation. Texts
//! may still not be UTF-8: whoever reads them sees to that.

mod check;
mod fields;
mod head;
mod limits;
mod malformed;
mod walk;

pub use check::check;
pub use fields::{fields, fields_into};
pub use limits::{DEPTH_MAX, Limits};
pub use malformed::{Flaw, Malformed};
