//! What is known of each member, put together from four sources.
//!
//! ```text
//!  gossip:     heard of · suspected · refuted · down ─┐
//!  the member: hello · welcome · news ────────────────┤► Roster ──► Hello · DeclareDown · Tell
//!  transport:  link up · link lost ───────────────────┤      └────► Members
//!  operator:   quarantine ────────────────────────────┘
//! ```
//!
//! | rule | |
//! |---|---|
//! | who is only heard of is unverified | until it answered this node's own hello, or the transport has a link to it |
//! | a suspect is not down | only gossip declares down, after the time in which a suspect can refute |
//! | a later life replaces the earlier at once | whoever tells of it first |
//! | down is final for a passport | an earlier passport brings nobody back; a renewed one, or a later life, does |
//! | what a member says of itself counts in the order of its editions | and from itself only |
//! | at one address answers one node | an older life of another node that claims it is down |

mod changes;
mod command;
mod config;
mod entry;
mod machine;

pub use command::Command;
pub use config::RosterConfig;
pub use machine::{Ending, Roster};
