//! [`ServiceChanges`]: what changed at one revision.

use std::fmt;

use super::Instance;
use crate::control::Revision;

/// What changed at one revision; at least one change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceChanges {
    /// Of the control plane.
    pub revision: Revision,
    /// What went comes first.
    pub changes: Vec<ServiceChange>,
}

/// What became of one service on one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceChange {
    /// The service.
    pub service: Box<str>,
    /// It on that node: as it is now, or as it was if it is gone.
    pub instance: Instance,
    /// What became of it.
    pub turn: Turn,
}

/// What became of a service on a node. The next life of a node is another one: the last one's are gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Turn {
    /// It is there.
    Came,
    /// Its node says something else of it, or begins to leave.
    Changed,
    /// Its node has left, or its lease has ended.
    Gone,
}

impl ServiceChange {
    pub(super) fn new(service: &str, instance: &Instance, turn: Turn) -> Self {
        ServiceChange { service: service.into(), instance: instance.clone(), turn }
    }
}

impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Turn::Came => "came",
            Turn::Changed => "changed",
            Turn::Gone => "gone",
        })
    }
}

impl fmt::Display for ServiceChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.service, self.turn, self.instance)
    }
}
