//! Calls of actors that live on another node.
//!
//! A reference names a key, and its cell is in this process wherever the actor is. A call that does not find its actor
//! running here asks for the [`Way`]. Away: the arguments are written down and handed to the node's
//! [`Remote`](crate::remote::Remote) as a message ([`sent`]); an ask waits for the answer ([`asking`]), a tell until it
//! is taken in ([`telling`]). While mail waits in the cell, which is so when an actor is leaving, new messages queue
//! behind it; the cell's owner hands over all that waits, in its order ([`handed`]).

mod asking;
mod following;
mod handed;
mod linked;
mod moving;
mod operating;
mod sent;
mod telling;
mod way;

pub(super) use asking::Away;
pub(super) use handed::Answered;
pub(super) use moving::Heir;
pub(crate) use sent::{FromHere, segments};
pub(super) use sent::{ask, tell};
pub(super) use telling::Parting;
pub(super) use way::Way;
