//! Who may speak to whom, in which order, and how much may be under way.
//!
//! Two nodes speak over links. A link is opened by the node that calls; the answers come back on it. Before anything
//! else, both sides say [`hello`]: who they are, of which cluster, in which versions. Then records travel on [`lane`]s,
//! each in order and once, whatever happens to the connections below.
//!
//! ```text
//!  hello ──► Handshake ──► Agreed, or a Refusal
//!  record ─► SendWindow ─► connection, another connection, … ─► ReceiveWindow ─► the record, once
//!                 ▲                                                    │
//!                 └──────────────── Ack { received, released } ◄───────┘
//! ```

pub mod hello;
pub mod lane;

mod redial;
mod throttle;

pub use redial::{Next, Redial};
pub use throttle::Throttle;
