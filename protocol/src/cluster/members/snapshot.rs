//! [`Members`]: all members at one revision.

use std::sync::Arc;

use super::{Member, MemberState};
use crate::cluster::{Life, NodeId};

/// All members as one node sees them at one revision, in the order of their ids. The node itself is one of them; those
/// that went down are kept for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Members {
    revision: u64,
    me: Life,
    members: Vec<Arc<Member>>,
}

impl Members {
    /// The snapshot of these members, in any order; of two with one id the later life stays.
    pub fn new(revision: u64, me: Life, members: impl IntoIterator<Item = Arc<Member>>) -> Self {
        let mut members: Vec<_> = members.into_iter().collect();
        members.sort_by_key(|member| std::cmp::Reverse(member.life));
        members.dedup_by_key(|member| member.life.id);
        members.reverse();
        Members { revision, me, members }
    }

    /// Each change has a higher one.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// This node.
    pub fn me(&self) -> Life {
        self.me
    }

    /// The member of this id, whichever its life.
    pub fn by_id(&self, id: NodeId) -> Option<&Arc<Member>> {
        let place = self.members.binary_search_by_key(&id, |member| member.life.id).ok()?;
        self.members.get(place)
    }

    /// The member, if this life is the latest that is known of it.
    pub fn by_life(&self, life: Life) -> Option<&Arc<Member>> {
        self.by_id(life.id).filter(|member| member.life == life)
    }

    /// Everyone, also those that are down.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Arc<Member>> {
        self.members.iter()
    }

    /// Those that belong to the cluster: up or leaving.
    pub fn present(&self) -> impl Iterator<Item = &Arc<Member>> {
        self.iter().filter(|member| matches!(member.state, MemberState::Up | MemberState::Leaving))
    }
}
