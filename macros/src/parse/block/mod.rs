//! The `impl` block of a service.

mod argument;
mod duplicates;
mod head;
mod hook;
mod items;
mod method;
mod reply;
mod signature;

pub use argument::arguments;
pub use items::read;
pub use reply::reply;
pub use signature::is_plain;
