//! Twins in several processes.

mod others;
mod post;

pub use others::{Others, serve};
pub use post::{Post, settled};
