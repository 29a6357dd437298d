//! [`Place`]: what of a key decides where its actor lives.

use std::num::NonZeroU16;

/// What of a key decides on which node its actor lives: `#[service(place = "…")]`.
///
/// A node is chosen by a part of the key's path, as text. So keys of different services that begin with the same path
/// live together, if both services place by it: `/store/7` and `/store/7/item/3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// `spread`: the whole path. The default for keys that end with their first segment.
    Spread,
    /// `colocate(segment)`: the path up to and with that segment, so all below it live together. The default for keys
    /// that go on below their first segment, by that.
    Colocate {
        /// How many segments that are holes there are up to and with that one.
        holes: usize,
    },
    /// `group(segment, 4)`: the path up to and with that segment chooses a group of nodes, and the rest one of them.
    Group {
        /// As of `colocate`.
        holes: usize,
        /// How many nodes at most: so many slots, which may be on fewer.
        nodes: NonZeroU16,
    },
}
