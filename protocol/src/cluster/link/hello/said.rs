//! [`Hello`]: what a node says of itself.

use std::fmt;

use crate::cluster::Life;

/// Names a cluster. Nodes of other clusters are refused, so that two can share machines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClusterId(Box<str>);

/// A text that names no cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a cluster's name has 1 to 128 bytes")]
pub struct NotAClusterId;

impl ClusterId {
    /// The cluster of this name.
    ///
    /// # Errors
    /// [`NotAClusterId`] if it is empty or longer than 128 bytes: it has to fit into a log line.
    pub fn new(name: &str) -> Result<Self, NotAClusterId> {
        if (1..=128).contains(&name.len()) { Ok(ClusterId(name.into())) } else { Err(NotAClusterId) }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClusterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The versions of the wire's format that a node speaks, from `low` to `high`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Versions {
    /// The oldest.
    pub low: u16,
    /// The newest.
    pub high: u16,
}

impl Versions {
    /// What this code speaks.
    pub const CURRENT: Versions = Versions { low: 1, high: 1 };

    /// The newest version of both.
    pub const fn newest_common(self, other: Versions) -> Option<u16> {
        let high = if self.high < other.high { self.high } else { other.high };
        let low = if self.low > other.low { self.low } else { other.low };
        if low <= high { Some(high) } else { None }
    }
}

impl fmt::Display for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.low, self.high)
    }
}

/// What a node takes from a peer at most. Each side keeps to the other's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Announced {
    /// Bytes of one record, without its header.
    pub record: u32,
    /// Bytes of one payload, in however many chunks.
    pub payload: u64,
    /// Bytes of a lane that have been sent and not given back.
    pub window: u64,
    /// Asks of a lane that wait for their answer.
    pub asks: u32,
}

/// What a connection continues.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// Its number, drawn by the node that dials; 0 for a connection that only greets.
    pub number: u64,
    /// From the node that dials: there was a connection of this session before. From the other: it is known here.
    pub resumed: bool,
}

/// What a node says of itself before anything else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// The cluster it belongs to.
    pub cluster: ClusterId,
    /// Who it is, and which of its lives this is.
    pub life: Life,
    /// What it speaks.
    pub versions: Versions,
    /// What it takes.
    pub announced: Announced,
    /// What the connection continues.
    pub session: Session,
    /// Where others reach it, as `address:port`; empty for who is not to be reached.
    pub address: Box<str>,
    /// What membership says of it; no matter of the link.
    pub metadata: Vec<u8>,
}
