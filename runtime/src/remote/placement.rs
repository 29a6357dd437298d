//! What decides where an actor lives: [`Placement`]; and what was decided: [`Placed`].

use std::cell::Cell;

use consort_protocol::cluster::slots::hash_key;

use crate::key::Key;
use crate::service::Service;

/// What of a service and a key decides where the actor lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// The key: the owner of its slot has the one activation. The hash of those of its segments that the service's
    /// `place` names, the same on every node and in every version.
    Key(u64),
    /// No key, and one instance in the whole cluster: `unique`. The hash of its name, which has a slot like a key's.
    Unique(u64),
    /// No key: every node that serves it has members of its own, and any of them will do.
    Any,
}

impl Placement {
    /// That of an actor. What lives together does so over all services, so a key's hash knows nothing of its service.
    pub(crate) fn of<S: Service>(key: &S::Key) -> Self {
        if !S::INFO.key.text().is_empty() {
            Placement::Key(hash_of_segment(key))
        } else if S::INFO.unique {
            Placement::Unique(hash_key(S::INFO.name.as_bytes()))
        } else {
            Placement::Any
        }
    }

    /// One activation in all nodes: only its owner may start it.
    pub(crate) fn is_owned(self) -> bool {
        !matches!(self, Placement::Any)
    }
}

thread_local! {
    /// Where segments are written down to be hashed.
    static SEGMENT: Cell<String> = const { Cell::new(String::new()) };
}

/// The hash of the first segment: what lies below it in nested keys lives together.
fn hash_of_segment<K: Key>(key: &K) -> u64 {
    let mut segment = SEGMENT.take();
    segment.clear();
    key.write_segment(0, &mut segment);
    let hash = hash_key(segment.as_bytes());
    SEGMENT.set(segment);
    hash
}

/// Where an actor lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    /// In this process.
    Here,
    /// Elsewhere, or on its way: the message is to be handed to [`Remote`](super::Remote), which knows.
    Away,
}
