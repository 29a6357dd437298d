//! What users see while keys move: nodes in one process, over the loopback device, that come and go.

mod fleet;
#[path = "../common/identity.rs"]
mod identity;
mod kept;
mod order;
mod slow;
mod state;
mod unique;
