//! [`Whereabouts`]: where an actor lives, and why.

use std::fmt;
use std::sync::Arc;

use consort_protocol::cluster::members::Member;
use consort_protocol::cluster::slots::{Epoch, SLOTS, Slot, SlotState, Tenure};
use consort_runtime::remote::Placement;

/// Where an actor lives as its node sees it, and what decided so. Printed as a few plain sentences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whereabouts {
    /// The service.
    pub service: Box<str>,
    /// The path of the key, `/counter/7`; empty without key.
    pub path: Box<str>,
    /// Where.
    pub home: Home,
    /// Of the slot table by which it was found. Another node may have heard of a later one.
    pub epoch: Epoch,
}

/// Where an actor lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Home {
    /// In the process that calls it: its service is `local`.
    Local,
    /// It has no key, so every node that serves it has its own. Calls stay here if this node does.
    Each {
        /// The nodes that serve it.
        serving: Vec<Arc<Member>>,
    },
    /// On the owner of a slot.
    Slot {
        /// Whether the hash is that of a key, or of the name of a service that is there once.
        unique: bool,
        /// What is hashed is what the service's `place` names.
        hash: u64,
        /// The slot of the hash.
        slot: Slot,
        /// Whose the slot is, since which epoch, and from whom it comes while it moves.
        state: SlotState,
        /// The owner as a member, if membership knows it.
        owner: Option<Arc<Member>>,
        /// Since when its actors run on the node that was asked; `None` if they do not.
        here: Option<Epoch>,
    },
}

impl Home {
    /// The slot of a hash, not yet looked up.
    pub(super) fn slot(placement: Placement) -> Option<(bool, u64, Slot)> {
        match placement {
            Placement::Key(hash) => Some((false, hash, Slot::of_hash(hash))),
            Placement::Unique(hash) => Some((true, hash, Slot::of_hash(hash))),
            Placement::Any => None,
        }
    }
}

impl fmt::Display for Whereabouts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{} ", self.service, self.path)?;
        match &self.home {
            Home::Local => f.write_str("is local: it lives in each process that calls it"),
            Home::Each { serving } if serving.is_empty() => f.write_str("lives nowhere: no node serves it"),
            Home::Each { serving } => {
                f.write_str("has no key: each node that serves it has its own. These do:")?;
                serving.iter().try_for_each(|member| write!(f, " {} at {}", member.life, member.address))
            }
            Home::Slot { unique, hash, slot, state, owner, here } => {
                self.write_owner(f, state, owner.as_deref())?;
                let hashed =
                    if *unique { "its service is there once; the hash of its name" } else { "the hash of its key" };
                write!(f, ". Why: {hashed} is {hash:016x}, which falls into slot {slot} of {SLOTS}; ")?;
                write!(f, "the slot table of epoch {} says that the slot is {state}", self.epoch)?;
                match here {
                    Some(since) => write!(f, ". Its actors run on this node, since epoch {since}"),
                    None => f.write_str(". Its actors do not run on this node"),
                }
            }
        }
    }
}

impl Whereabouts {
    /// Who has it now, as the slot table says; `None` if it has no slot, or that was never anybody's.
    pub fn holder(&self) -> Option<Tenure> {
        match &self.home {
            Home::Slot { state, .. } => state.holder(),
            Home::Local | Home::Each { .. } => None,
        }
    }

    fn write_owner(&self, f: &mut fmt::Formatter<'_>, state: &SlotState, owner: Option<&Member>) -> fmt::Result {
        match state {
            SlotState::Unowned => return f.write_str("lives nowhere yet"),
            SlotState::Owned(tenure) => write!(f, "lives on {}", tenure.life)?,
            SlotState::Moving { from, to } => {
                write!(f, "moves from {} to {}, which holds its calls", from.life, to.life)?
            }
        }
        match owner {
            Some(Member { address, state, standing, .. }) => write!(f, " ({address}, {state}, {standing})"),
            None => f.write_str(" (which membership does not know)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use consort_protocol::cluster::members::{MemberState, Standing};
    use consort_protocol::cluster::{Generation, Life, NodeId};

    use super::*;

    fn tenure(id: u64, since: u64) -> Tenure {
        Tenure { life: Life { id: NodeId::new(id).unwrap(), generation: Generation(1) }, since: Epoch(since) }
    }

    fn member(tenure: Tenure) -> Arc<Member> {
        Arc::new(Member {
            life: tenure.life,
            address: "127.0.0.1:7400".parse().unwrap(),
            state: MemberState::Up,
            standing: Standing::Healthy,
            meta: Arc::default(),
        })
    }

    fn told(state: SlotState, owner: Option<Arc<Member>>, here: Option<Epoch>) -> String {
        let (unique, hash) = (false, 7 << 52);
        let home = Home::Slot { unique, hash, slot: Slot::of_hash(hash), state, owner, here };
        Whereabouts { service: "counter".into(), path: "/counter/7".into(), home, epoch: Epoch(9) }.to_string()
    }

    #[test]
    fn who_owns_a_key_is_told_with_the_reason() {
        let owner = tenure(1, 3);
        assert_eq!(
            told(SlotState::Owned(owner), Some(member(owner)), Some(Epoch(3))),
            "counter/counter/7 lives on 0000000000000001#1 (127.0.0.1:7400, up, healthy). Why: the hash of its key is \
             0070000000000000, which falls into slot 7 of 4096; the slot table of epoch 9 says that the slot is of \
             0000000000000001#1 since epoch 3. Its actors run on this node, since epoch 3"
        );
    }

    #[test]
    fn a_key_on_its_way_is_told_with_both_ends() {
        let text = told(SlotState::Moving { from: tenure(1, 3), to: tenure(2, 8) }, None, None);
        assert!(text.contains("moves from 0000000000000001#1 to 0000000000000002#1"), "{text}");
        assert!(text.ends_with("do not run on this node"), "{text}");
    }

    #[test]
    fn a_key_that_is_nobodys_lives_nowhere_yet() {
        assert!(told(SlotState::Unowned, None, None).starts_with("counter/counter/7 lives nowhere yet"));
    }
}
