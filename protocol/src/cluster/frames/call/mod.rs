//! Calls: for which actor, on whose behalf, until when.

mod activation;
#[expect(clippy::module_inception, reason = "a call is the main type of its folder")]
mod call;
mod caller;
mod place;
mod trace;
mod waiting;

pub use activation::Activation;
pub use call::Call;
pub use caller::Caller;
pub use place::Place;
pub use trace::{NotATraceParent, Trace, TraceParent};
pub use waiting::Waiting;
