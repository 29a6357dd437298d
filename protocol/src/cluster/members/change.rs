//! [`MemberChange`]: what happened to a member, and why.

use std::fmt;
use std::sync::Arc;

use super::{Member, MemberState, Standing};
use crate::cluster::Life;
use crate::time::Moment;

/// A change of one member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberChange {
    /// The revision that it led to.
    pub revision: u64,
    /// State and standing until now; `None` if nobody had heard of this life.
    pub before: Option<(MemberState, Standing)>,
    /// The member from now on.
    pub member: Arc<Member>,
    /// What caused it.
    pub cause: Cause,
    /// When.
    pub at: Moment,
}

/// What caused a [`MemberChange`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Another member told of it.
    HeardOf,
    /// It introduced itself, or said something new of itself.
    Introduced,
    /// It answered this node's hello.
    Answered,
    /// The transport has a link to it.
    LinkUp,
    /// The transport lost its link to it.
    LinkLost,
    /// It missed a probe, of this node or of another.
    Suspected,
    /// It refuted the suspicion.
    Refuted,
    /// It was quarantined.
    Quarantined,
    /// Its quarantine is over.
    QuarantineOver,
    /// It came back after it was declared down: it had only been unreachable.
    Returned,
    /// It said that it goes.
    Leaving,
    /// It has gone as it said it would.
    Left,
    /// It missed its probes and did not refute: it was declared down.
    DeclaredDown,
    /// It looked for a cluster, and was not heard of again.
    Silent,
    /// A later life of the same node is there.
    Replaced(Life),
    /// Another node answers at its address.
    AddressTaken(Life),
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::HeardOf => write!(f, "another member told of it"),
            Cause::Introduced => write!(f, "it introduced itself"),
            Cause::Answered => write!(f, "it answered"),
            Cause::LinkUp => write!(f, "there is a link to it"),
            Cause::LinkLost => write!(f, "the link to it was lost"),
            Cause::Suspected => write!(f, "it missed a probe"),
            Cause::Refuted => write!(f, "it refuted the suspicion"),
            Cause::Quarantined => write!(f, "it was quarantined"),
            Cause::QuarantineOver => write!(f, "its quarantine is over"),
            Cause::Returned => write!(f, "it was declared down, but it lives"),
            Cause::Leaving => write!(f, "it said that it goes"),
            Cause::Left => write!(f, "it has left"),
            Cause::DeclaredDown => write!(f, "it missed its probes and did not refute"),
            Cause::Silent => write!(f, "it looked for a cluster and was not heard of again"),
            Cause::Replaced(life) => write!(f, "its later life {life} is there"),
            Cause::AddressTaken(life) => write!(f, "{life} answers at its address"),
        }
    }
}
