//! What stands between the parentheses of `#[service(…)]` and `#[wire(…)]`.

mod care;
mod list;
mod nearest;
mod needs;
mod service;
pub mod stateful;
mod text;
mod wire;

pub use service::{Options, Subject};
pub use text::name::camel;
pub use wire::wire_crate;
