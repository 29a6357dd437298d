//! [`WireVersion`]: which frames a peer understands; [`Versions`]: how two nodes agree on one.

use std::fmt;

/// The version of all that nodes say to each other.
///
/// It is raised when a frame is added that must be understood, not for a flag or a kind that may be ignored. A node
/// reads every version from [`Versions::OURS`]'s oldest on, and writes the one that was agreed on: no kind that is
/// newer ([`Kind::since`](super::Kind::since)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WireVersion(pub u16);

impl WireVersion {
    /// Calls, answers, watches and snapshots.
    pub const V1: WireVersion = WireVersion(1);
}

impl fmt::Display for WireVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The versions a node speaks, all from the oldest to the newest. It says so in its hello.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Versions {
    /// The oldest.
    pub oldest: WireVersion,
    /// The newest.
    pub newest: WireVersion,
}

impl Versions {
    /// What this node speaks. Once there is a second version: always the newest and the one before it, so that a
    /// cluster is upgraded node by node.
    pub const OURS: Versions = Versions { oldest: WireVersion::V1, newest: WireVersion::V1 };

    /// The version that both speak: the newest there is. Both ends come to the same.
    ///
    /// # Errors
    /// [`NoCommonVersion`] if there is none.
    pub fn agree(self, theirs: Versions) -> Result<WireVersion, NoCommonVersion> {
        let newest = self.newest.min(theirs.newest);
        if newest < self.oldest.max(theirs.oldest) {
            return Err(NoCommonVersion { ours: self, theirs });
        }
        Ok(newest)
    }
}

/// As in `2` or `2 to 3`.
impl fmt::Display for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.oldest == self.newest {
            return write!(f, "{}", self.newest);
        }
        write!(f, "{} to {}", self.oldest, self.newest)
    }
}

/// Two nodes have no version in common. Nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no common wire version: this node speaks {ours}, the peer {theirs}; upgrade one version at a time")]
pub struct NoCommonVersion {
    /// What this node speaks.
    pub ours: Versions,
    /// What the peer speaks.
    pub theirs: Versions,
}

#[cfg(test)]
mod tests {
    use super::{Versions, WireVersion};

    fn from_to(oldest: u16, newest: u16) -> Versions {
        Versions { oldest: WireVersion(oldest), newest: WireVersion(newest) }
    }

    #[test]
    fn neighbours_agree_on_the_older_ones_newest_version_whoever_asks() {
        for (ours, theirs, agreed) in
            [(from_to(3, 4), from_to(3, 4), 4), (from_to(3, 4), from_to(2, 3), 3), (from_to(1, 9), from_to(5, 5), 5)]
        {
            assert_eq!(ours.agree(theirs), Ok(WireVersion(agreed)));
            assert_eq!(theirs.agree(ours), Ok(WireVersion(agreed)));
        }
    }

    #[test]
    fn two_versions_apart_is_refused_with_both_named() {
        let refused = from_to(3, 4).agree(from_to(1, 2)).unwrap_err();
        assert!(refused.to_string().contains("this node speaks 3 to 4, the peer 1 to 2"), "{refused}");
        assert_eq!(from_to(1, 2).agree(from_to(3, 4)).unwrap_err().ours, from_to(1, 2));
        assert!(from_to(4, 3).agree(from_to(4, 3)).is_err(), "nobody speaks nothing");
    }
}
