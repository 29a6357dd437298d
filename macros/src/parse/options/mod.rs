//! What stands between the parentheses of `#[service(…)]` and `#[wire(…)]`.

mod list;
mod nearest;
mod service;
mod text;
mod wire;

pub use service::{Options, Subject};
pub use text::name::camel;
pub use wire::wire_crate;
