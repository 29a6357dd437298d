//! Lanes: records in order and once, over however many connections.

mod ack;
mod arrivals;
mod number;
mod record;
mod window;

pub use ack::{Ack, Acks};
pub use arrivals::{Arrival, ReceiveWindow, Unordered};
pub use number::{BULK_LANES, CALL_LANES, CONTROL, LANES, Lane, LaneNumber};
pub use record::{Elsewhere, HEADER, Header, Kind, Unreadable};
pub use window::{Impossible, SendWindow, Unsent};
