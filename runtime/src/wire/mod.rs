//! What may stand in a message: types that can cross the network, their weight, copies and description.

mod absent;
mod argument_error;
mod arguments;
mod copies;
mod entries;
mod msgpack;
mod packed;
mod schema;
mod weigh;
mod words;
mod written;

mod marker;

pub use argument_error::ArgumentError;
pub use arguments::Arguments;
pub use copies::{AgainFallback, Redeliverable, Returned, kept};
pub use marker::{Wire, assert_wire};
pub(crate) use packed::{pack, unpack};
pub use schema::schema;
pub use weigh::{Weigh, WeighFallback, Weighed};
pub use written::{NotPacked, NotWritten, Packed, Text, Written};

pub(crate) use words::{did_you_mean, excerpt, listed};
