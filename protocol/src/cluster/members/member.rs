//! [`Member`]: a node as membership sees it.

use std::fmt;
use std::sync::Arc;

use super::{Address, Meta};
use crate::cluster::Life;

/// A node as membership of this node sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Which life of which node.
    pub life: Life,
    /// Where it is reached.
    pub address: Address,
    /// Where it stands in its course.
    pub state: MemberState,
    /// How it looks from here.
    pub standing: Standing,
    /// What it says of itself; nothing before it has introduced itself.
    pub meta: Arc<Meta>,
}

impl Member {
    /// Whether new calls go there without a second thought.
    pub fn takes_calls(&self) -> bool {
        self.state == MemberState::Up && self.standing == Standing::Healthy
    }

    /// Whether a call that has no other choice may go there.
    ///
    /// One that is suspect may be slow only; one that is leaving still answers for what it has not handed over. Nobody
    /// gets traffic whom this node has not reached itself.
    pub fn is_last_resort(&self) -> bool {
        matches!(self.state, MemberState::Up | MemberState::Leaving)
            && matches!(self.standing, Standing::Healthy | Standing::Suspect)
    }
}

/// Where a member stands in its course. It only goes forward, save that one that was declared down though it lives
/// comes [`Up`](MemberState::Up) again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MemberState {
    /// It looks for a cluster.
    Joining,
    /// It belongs to the cluster.
    Up,
    /// It has said that it goes, and hands over what it has.
    Leaving,
    /// It has left, or was declared down, or a later life has replaced it.
    Down,
}

impl fmt::Display for MemberState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            MemberState::Joining => "joining",
            MemberState::Up => "up",
            MemberState::Leaving => "leaving",
            MemberState::Down => "down",
        })
    }
}

/// How a member looks from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Reached by this node itself, and nothing speaks against it.
    Healthy,
    /// It missed probes, or the link to it was lost. It is not down: it may be slow, and it can refute.
    Suspect,
    /// It gets nothing until the quarantine ends.
    Quarantined,
    /// Only heard of. It gets nothing until this node's own hello with it has succeeded.
    Unverified,
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Standing::Healthy => "healthy",
            Standing::Suspect => "suspect",
            Standing::Quarantined => "quarantined",
            Standing::Unverified => "unverified",
        })
    }
}
