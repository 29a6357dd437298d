//! Erlang: `gen_server` calls and casts over its distribution, by a script for both processes.

mod erlang_type;

pub use erlang_type::{Erlang, NAME};
