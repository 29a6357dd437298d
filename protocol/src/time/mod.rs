//! What every decision shares: moments, chance, back-off, restart intensity.
//!
//! Nothing here reads a clock or draws a number. Whoever executes the decisions passes both in, so a test runs an
//! hour in a microsecond, and a simulation with the same seed takes the same course.

mod backoff;
mod chance;
mod intensity;
mod moment;
mod percent;
mod streak;
mod timers;

pub use backoff::Backoff;
pub use chance::Chance;
pub use intensity::{Intensity, RestartWindow};
pub use moment::Moment;
pub use percent::Percent;
pub(crate) use streak::Streak;
pub(crate) use timers::Timers;
