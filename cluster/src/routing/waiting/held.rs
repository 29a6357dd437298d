//! [`Held`]: why nobody can take a call now.

use std::fmt;

use consort_protocol::cluster::NodeId;
use consort_runtime::error::NotRun;

/// Why nobody can take a call now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// Nobody is known to have its actor, or who has it takes no calls of it yet, for this reason.
    Unowned(&'static str),
    /// The mailbox of its actor, elsewhere, is full.
    Crowded,
    /// This node has its actor, and is not reached from here.
    Unreached(NodeId, Box<str>),
}

impl Held {
    /// What the call ends with that was held for too long.
    pub(in crate::routing) fn into_end(self) -> NotRun {
        match self {
            Held::Unowned(reason) => NotRun::NoOwner { reason: reason.into() },
            // who refuses knows its limit, and nobody has refused
            Held::Crowded => NotRun::Full { limit: 0 },
            Held::Unreached(node, reason) => NotRun::Unreachable { node: node.to_string().into(), reason },
        }
    }
}

impl From<&'static str> for Held {
    fn from(reason: &'static str) -> Self {
        Held::Unowned(reason)
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Held::Unowned(reason) => f.write_str(reason),
            Held::Crowded => f.write_str("the mailbox is full"),
            Held::Unreached(node, reason) => write!(f, "{node}: {reason}"),
        }
    }
}
