//! The rules, each once. A rule takes places of its own, so that all of them can be kept at the same time.

mod kept_by;

pub mod bonds;
pub mod deadlines;
pub mod ends;
pub mod load;
pub mod names;
pub mod nested;
pub mod order;
pub mod references;
pub mod refusals;
pub mod replies;

pub(crate) use kept_by::{kept_by, tests};
