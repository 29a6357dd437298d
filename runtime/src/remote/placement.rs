//! What decides where an actor lives: [`Placement`]; and what was decided: [`Placed`].

use std::cell::Cell;

use consort_protocol::cluster::slots::{hash_group, hash_key};

use crate::key::Key;
use crate::service::{Place, Service, ServiceInfo};

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
            Placement::Key(hash_of_path(&S::INFO, key))
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
    /// Where paths are written down to be hashed.
    static PATH: Cell<String> = const { Cell::new(String::new()) };
}

/// The hash of what of a key's path decides where it lives.
fn hash_of_path<K: Key>(info: &ServiceInfo, key: &K) -> u64 {
    let mut path = PATH.take();
    path.clear();
    let hash = match info.place {
        Place::Spread => {
            info.key.write_path(key, 0..usize::MAX, &mut path);
            hash_key(path.as_bytes())
        }
        Place::Colocate { holes } => {
            info.key.write_path(key, 0..holes, &mut path);
            hash_key(path.as_bytes())
        }
        Place::Group { holes, nodes } => {
            info.key.write_path(key, 0..holes, &mut path);
            let end = path.len();
            info.key.write_path(key, holes..usize::MAX, &mut path);
            let (first, rest) = path.as_bytes().split_at(end);
            hash_group(first, rest, nodes)
        }
    };
    PATH.set(path);
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
