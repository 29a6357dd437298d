//! What a handler's context offers beyond the call: background tasks and timers that end with the activation.

mod bonds;
mod cancel;
mod tasks;
mod timers;

pub use cancel::CancelFlag;
pub(crate) use tasks::Tasks;
