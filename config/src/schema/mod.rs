//! The JSON Schema of a config type, read as far as configuration needs it.
//!
//! A schema says which keys there are, of which type and range, and which are hot or secret. Keywords that are not
//! read here (`pattern`, `uniqueItems`, …) forbid nothing: what a type accepts is decided by its `Deserialize`, which
//! runs afterwards. The schema is asked first because it finds every mistake, and serde only the first.
//!
//! [`Node`] is a place in a schema; [`check`] compares it with a value; [`words`] says what it wants.

pub(crate) mod accepts;
pub(crate) mod check;
pub(crate) mod marks;
pub(crate) mod node;
pub(crate) mod range;
pub(crate) mod words;

pub(crate) use check::check;
pub(crate) use node::{Node, Shape};
