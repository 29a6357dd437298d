//! Which nodes hold the control plane.
//!
//! ```text
//!  members, voters ─► handle_view ─► who shall vote ─► Add ─► (it catches up) ─► Promote ─► Remove
//!                                                       one command at a time; done or failed comes back
//! ```
//!
//! The node that leads the control plane runs it. It wants an odd number of voters, up to five, spread over the zones,
//! and changes them as little as it can: who votes goes on voting until it leaves or has been gone for long. A substitute
//! learns all there is to know before it votes, and votes before the other one is removed. Who need not vote any more learns
//! on, as long as no more than five do either, and who leaves learns until it has left. No command is given that would leave
//! less than a majority of the voters alive.
//!
//! Two nodes have one voter, because two would both be needed: to lose any one node takes a third one, or a *witness*,
//! which votes and owns no slots.

mod choice;
mod command;
mod config;
mod machine;
mod view;

pub use command::Command;
pub use config::{VOTERS_MAX, VotersConfig};
pub use machine::Voters;
pub use view::{Applicant, Standing, View};
