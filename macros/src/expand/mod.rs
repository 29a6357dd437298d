//! Writing the generated code. Nothing here can fail: what is wrong was found while parsing.

mod care;
mod config;
mod copies;
mod form;
mod hooks;
mod information;
mod methods;
mod reference;
mod serialized;
mod service;
mod spans;
mod weight;
mod wire;

pub use service::service;
pub use wire::wire;
