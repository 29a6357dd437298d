//! What others see of an actor at work: the watch, telemetry, those who wait for it, and those who would like to call it.

pub(in crate::engine) mod line;
pub(in crate::engine) mod observe;
pub(in crate::engine) mod pace;
pub(in crate::engine) mod standing;
pub(in crate::engine) mod waits;
