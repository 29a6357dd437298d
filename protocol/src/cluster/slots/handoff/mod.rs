//! How a slot moves from one node to another, while others go on.
//!
//! ```text
//!  table: A ──► A→B ────────────────────────────────────────────────────────► B
//!              │                                                     ▲        │
//!      giver A │ Seal · drain (Abort at its deadline) · Ship · Release        │ Close
//!              │                                          │          │        │
//!      taker B │ Hold · Claim … Claim … Claim … ──────────┴─► Settle ┘        │ Open
//! ```
//!
//! The table decides and [`Holdings`] follows it: one for each life of a node, with a phase for each slot that concerns
//! it. It is told of tables, of messages of other nodes, of lives that the grantor has let go, and of what the executor
//! has done; it says what is to be done ([`Command`]).
//!
//! What makes two owners impossible:
//!
//! - Who gets a slot opens it when the *table* says that it owns it, never because of a message.
//! - The table says so ([`SlotTable::settle`](super::SlotTable::settle)) when the taker reports that the slot has arrived, and
//!   only if it is still on its way to that very tenure. So a report that comes late changes nothing.
//! - The taker reports when the giver has let go in favour of that tenure, with nothing running any more, or when the
//!   grantor has let the giver go: then the giver has fenced itself.
//!
//! What makes every slot open in the end: a taker asks again until it is answered, and reports until the table says so;
//! a giver answers each question, keeps what it shipped until the table says that it has arrived, and ships to somebody
//! else if the table says that. Any side may crash: then its lease ends, and the table names another.
//!
//! Callers are not failed: the taker holds their calls until it opens the slot, and who comes to the giver is sent on.

mod command;
mod config;
mod giving;
mod holdings;
mod message;
mod taking;

pub use command::{Command, Origin};
pub use config::HandOffConfig;
pub use holdings::Holdings;
pub use message::Message;
