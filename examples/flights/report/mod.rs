//! What the run prints at its end, as tables or as JSON.

mod airlines;
mod figures;
mod json;
mod tables;

pub use figures::Report;
