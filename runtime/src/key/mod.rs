//! Keys: what names one activation of a service.
//!
//! A key is a tuple of [`Segment`]s. A [`Template`] such as `/tenant/{tenant}/counter/{name}` gives
//! its printed form, the *path*: one hole for each segment, in order. One key has exactly one
//! printed path, and reading that path gives the key back.

mod convert;
mod error;
mod escape;
mod holes;
mod segment;
mod template;
mod template_error;
mod tuple;

pub use convert::IntoKey;
pub(crate) use convert::Made;
pub use error::KeyError;
pub use holes::Holes;
pub use segment::Segment;
pub use template::{Part, Template};
pub use template_error::TemplateError;
pub use tuple::Key;
