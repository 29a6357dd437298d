//! The rules of configuration, one subject a file.

mod any_input;
mod changes;
mod defaults;
mod explain;
mod forced;
mod killed;
mod layers;
mod mistakes;
mod secrets;
mod sharing;
mod shop;
mod stores;
mod subscribing;
mod types;
mod watching;
