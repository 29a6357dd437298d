//! What a program says before its node starts, and the start.

mod builder;
mod services;

pub use builder::NodeBuilder;
