//! What may stand in a message: types that can cross the network, their weight and their description.

mod absent;
mod argument_error;
mod arguments;
mod schema;
mod weigh;
mod words;

mod marker;

pub use argument_error::ArgumentError;
pub use arguments::Arguments;
pub use marker::{Wire, assert_wire};
pub use schema::schema;
pub use weigh::{Weigh, WeighFallback, Weighed};

pub(crate) use words::{did_you_mean, excerpt, listed};
