use std::fmt;
use std::time::Duration;

use super::{Condition, Sign};
use crate::time::Moment;

/// A change of somebody's condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition<T> {
    /// Whose.
    pub subject: T,
    /// The condition until now.
    pub from: Condition,
    /// The condition from now on.
    pub to: Condition,
    /// What caused it.
    pub cause: Cause,
    /// When.
    pub at: Moment,
}

/// What caused a [`Transition`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A sign was seen: a complaint, or what cured the last one.
    Seen(Sign),
    /// Its complaints were not cured in the time a suspect has.
    SuspectTooLong(Duration),
    /// Its quarantine is over without a sign of life.
    NoSignOfLife,
    /// Its quarantine is over with signs of life, but not cured: not dead, so another one.
    Slow,
    /// It was slow for as many quarantines as it is allowed.
    SlowTooLong,
    /// It ended by itself.
    Exited,
    /// It was started again.
    Restarted,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Seen(Sign::Late(running)) => write!(f, "a handler has run for {running:.0?}, past its deadline"),
            Cause::Seen(Sign::Silent(silence)) => write!(f, "no beat for {silence:.0?}"),
            Cause::Seen(Sign::ProbeFailed(why)) => write!(f, "its probe failed: {why}"),
            Cause::Seen(Sign::Alive) => write!(f, "it moved"),
            Cause::Seen(Sign::Beat) => write!(f, "it beat again"),
            Cause::Seen(Sign::Progress) => write!(f, "it made progress"),
            Cause::Seen(Sign::ProbePassed) => write!(f, "its probe passed"),
            Cause::SuspectTooLong(limit) => write!(f, "it was suspect for {limit:?}"),
            Cause::NoSignOfLife => write!(f, "no sign of life in quarantine"),
            Cause::Slow => write!(f, "slow, but alive"),
            Cause::SlowTooLong => write!(f, "slow for too many quarantines in a row"),
            Cause::Exited => write!(f, "it ended"),
            Cause::Restarted => write!(f, "it was started again"),
        }
    }
}

/// What health wants done or told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command<T> {
    /// Tell whoever listens.
    Tell(Transition<T>),
    /// Probe it, and report [`ProbePassed`](Sign::ProbePassed) or [`ProbeFailed`](Sign::ProbeFailed). A probe that
    /// does not come back needs no report.
    Probe(T),
    /// It is dead: end it if it has not ended, ask its supervisor, and report
    /// [`handle_restarted`](super::Health::handle_restarted) once it is up again. Once for each death in quarantine.
    Restart(T),
}

/// Whether something that ended may be started again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// As soon as its supervisor says.
    Free,
    /// It is quarantined: not before this moment, at which [`Command::Restart`] comes.
    Until(Moment),
}
