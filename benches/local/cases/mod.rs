//! The cases, one family to a file, each generic over the engine. Every case checks its result before it gives a figure.

mod ask;
mod case;
mod lookup;
mod population;
mod ring;
mod tell;

pub use ask::{Suspending, allocations, concurrent, sequential};
pub use case::{Bench, Case, all};
pub use lookup::lookup;
pub use population::{idle_bytes, spawn};
pub use ring::ring;
pub use tell::tell;
