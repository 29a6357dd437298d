//! Which nodes hold the control plane.
//!
//! ```text
//!  members, voters ─► handle_view ─► who shall vote ─► Add ─► (it catches up) ─► Seat ─► Remove
//!                                                       one command at a time; done or failed comes back
//! ```
//!
//! The node that leads the control plane runs it. It wants an odd number of voters, up to five, spread over the zones,
//! and changes them as little as it can: who votes goes on voting until it leaves or has been gone for long. A substitute
//! learns all there is to know before it votes, and takes the other one's place in one change. Who need not vote any more
//! learns on, as long as no more than five do either, and who leaves learns until it has left. No command is given that
//! would leave less than a majority of the voters alive.
//!
//! From one odd number it goes to the next at once, from one to three and from three to five: of two voters both would be
//! needed, and the loss of either, while it is passed through, would be the loss of all. So two nodes have one voter; to
//! lose any one node takes a third one, or a *witness*, which votes and owns no slots. Two vote only where the one voter
//! leaves and there is one other node, from when that one votes to when it leads.

mod choice;
mod command;
mod config;
mod machine;
mod view;

pub use command::Command;
pub use config::{VOTERS_MAX, VotersConfig};
pub use machine::Voters;
pub use view::{Applicant, Standing, View};
