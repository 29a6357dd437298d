//! The local engine: cells, frames, inline first poll, hand-over. All unsafe code of Consort lives in here.
//! A call of an idle actor runs the handler at once, on the caller's task, as the owner of the cell ([`word`]). A call
//! of a busy one goes into its mailbox ([`mail`]); the owner or the actor's driver ([`driver`]) runs it ([`run`]).
//! A handler lives in a [`frame`], never in the caller: dropping the caller does not cancel it.

mod alarm;
mod answer;
mod asking;
mod away;
mod batch;
mod burst;
mod call;
mod cell;
#[cfg(feature = "config")]
mod configure;
mod crash;
mod cx;
mod driver;
mod ending;
mod envelope;
mod exit;
mod frame;
mod inline;
mod insurance;
mod life;
mod line;
mod local;
mod losses;
mod mail;
mod observe;
mod occupant;
mod pace;
mod push;
mod repeated;
mod reply;
mod room;
mod run;
mod scope;
mod send;
mod side;
mod slice;
mod spin;
mod standing;
mod sync;
mod waits;
mod withheld;
mod word;

pub(crate) use answer::{Answer, Answered};
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
