//! Actors that watch others and are linked to them, in every course.
//!
//! ```text
//! Binder ─► watcher ── watches ──┐
//!        ├► partner ── linked ───┤        each three are a Bond, and live where their keys do
//!        └► faller ◄─────────────┘ falls once
//! ```

mod binder;
mod bond;
mod trouble;
mod twin;

pub use binder::{Binder, see_crashes};
pub use bond::{Bond, Role, Stay};
pub use twin::Twin;
