use crate::cluster::members::{MemberChange, Passport};

/// What the roster wants done or told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Say hello to it. No answer needs no report: the roster says so again until it has one.
    Hello(Passport),
    /// Tell gossip that it is down.
    DeclareDown(Passport),
    /// Tell whoever listens.
    Tell(MemberChange),
}
