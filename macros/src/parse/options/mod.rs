//! What stands between the parentheses of `#[service(…)]` and `#[wire(…)]`.

mod idle;
mod list;
mod name;
mod nearest;
mod service;
mod template;
mod version;
mod wire;

pub use name::camel;
pub use service::{Options, Subject};
pub use wire::wire_crate;
