//! Names as numbers: each lane and direction says once what a number stands for.
//!
//! Both ends must see definitions and calls in the same order, which a lane promises. A new session begins without any.

mod define;
mod interner;
mod target;
mod targets;

pub use define::Define;
pub use interner::{Interned, Interner};
pub use target::Target;
pub use targets::{DefineError, Targets, Undefined};
