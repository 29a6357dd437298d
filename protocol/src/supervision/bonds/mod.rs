//! Who is told of an end, and who shares it.

mod links;
mod watches;

pub use links::{LinkError, Links};
pub use watches::{Notice, Watched, Watches};
