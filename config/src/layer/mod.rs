//! The layers: what each of them gives, checked by itself.
//!
//! ```text
//! default ──┐
//! files ────┤ Layer::add ──► leaves, each with its source ──► Merged ──► the service's type
//! variables ┤      └──► mistakes, each with file and line or variable
//! run time ─┘
//! ```

pub(crate) mod environment;
pub(crate) mod file;
pub(crate) mod inputs;
pub(crate) mod leaves;
mod levels;
pub(crate) mod merged;
pub(crate) mod text;
pub(crate) mod typed;

pub(crate) use inputs::Inputs;
pub(crate) use leaves::{Layer, Layered};
pub(crate) use merged::Merged;
