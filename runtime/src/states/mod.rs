//! States of actors in the store of their node: how an activation claims the state of its actor, and saves it.
//!
//! ```text
//! start ──► claim ──► StateStore ──► #[restore]         (the engine, `cycle::saving`)
//! cx.save(self), put away, stopped ──► #[snapshot] ──► Claim ──► StateStore
//! ```
//!
//! Stores and fences are `consort-state`'s.

mod claim;
mod cx;
mod node;
mod not_claimed;

pub(crate) use claim::{Claim, claimed, put};
pub(crate) use cx::unwritten;
pub(crate) use not_claimed::NotClaimed;

/// Bytes of one state: as many as can move to another node, where a state goes that its store has not taken.
pub(crate) const STATE_MAX: usize = crate::remote::Snapshot::STATE_MAX;
