//! The overseer: carries out what the decisions about services come to.
//!
//! It owns the machines of `consort-protocol` and one [`Member`](member::Member) a service. Whatever it is told goes
//! into the machines; their commands are carried out until none is left; then every service's status is posted. What
//! takes time (a start, a stop) runs in a task of its own and is told back when it is over.

mod act;
mod keep;
mod machine;
mod member;
mod needs;
mod order;
mod show;

pub(crate) use machine::Overseer;
