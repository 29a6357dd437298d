//! The life cycle of an activation: how it starts and ends, by itself or because it is told to, and who is told of that.

pub(in crate::engine) mod alarm;
pub(in crate::engine) mod answer;
#[cfg(feature = "config")]
pub(in crate::engine) mod configure;
pub(in crate::engine) mod crash;
pub(in crate::engine) mod ending;
pub(in crate::engine) mod exit;
pub(in crate::engine) mod life;
#[cfg(feature = "state")]
pub(in crate::engine) mod saving;
