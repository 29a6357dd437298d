//! The local engine: cells, frames, inline first poll, hand-over. All unsafe code of Consort lives in here.
//! A call of an idle actor runs the handler at once, on the caller's task, as the owner of the cell ([`word`]). A call
//! of a busy one goes into its mailbox ([`mail`]); the owner or the actor's driver ([`driver`]) runs it ([`run`]).
//! A handler lives in a [`frame`], never in the caller: dropping the caller does not cancel it.
//!
//! | room | what stands there |
//! |---|---|
//! | [`calling`] | how a call is made, and how its caller waits |
//! | [`mailbox`] | what waits for an actor |
//! | [`cycle`] | how an activation starts and ends |
//! | [`seen`] | what others see of it |
//! | [`away`] | calls of actors that live elsewhere |

mod away;
mod calling;
mod cell;
mod cx;
mod cycle;
mod driver;
mod frame;
mod local;
mod mailbox;
mod occupant;
mod run;
mod scope;
mod seen;
mod side;
mod slice;
mod sync;
mod word;

use calling::{arriving, asking, call, envelope, inline, push, reply, send, spin, withheld};
#[cfg(feature = "config")]
use cycle::configure;
use cycle::{alarm, answer, ending, exit, life};
use mailbox::{batch, insurance, losses, mail, repeated, room};
use seen::{line, observe, pace, standing, waits};

pub(crate) use answer::{Answer, Answered};
pub(crate) use arriving::{Arrived, ask_arrived, tell_arrived};
pub(crate) use away::{FromHere, segments};
pub use call::Call;
pub(crate) use cell::Cell;
pub use cx::Cx;
pub(crate) use envelope::Afar;
pub(crate) use frame::Outcome;
pub(crate) use life::spawn;
pub(crate) use line::{LineId, Look, Running, Site, Step, is_at, look};
pub(crate) use mail::{Limits, Signal};
pub(crate) use occupant::Occupant;
pub use push::Push;
pub(crate) use scope::{inherited_deadline, log_level, outside};
pub(crate) use send::{Origin, Request};
pub(crate) use standing::Standing;
