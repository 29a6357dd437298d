//! Who a node is: [`NodeId`], and which of its lives this is: [`Generation`].

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

/// Names a node for as long as its data lives: drawn at random once, and kept beside its data if it has any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(NonZeroU64);

impl NodeId {
    /// The node of this number; `None` for 0, which names nobody.
    pub const fn new(number: u64) -> Option<Self> {
        match NonZeroU64::new(number) {
            Some(number) => Some(NodeId(number)),
            None => None,
        }
    }

    /// Its number.
    pub const fn number(self) -> u64 {
        self.0.get()
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// A text that is no [`NodeId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a node id is 16 hexadecimal digits, not all of them 0")]
pub struct NotANodeId;

impl FromStr for NodeId {
    type Err = NotANodeId;

    fn from_str(text: &str) -> Result<Self, NotANodeId> {
        let is_hex = text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let number = is_hex.then(|| u64::from_str_radix(text, 16).ok()).flatten();
        number.and_then(NodeId::new).ok_or(NotANodeId)
    }
}

/// Which life of a node: each start of its process has a higher one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(pub u64);

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// One life of one node. Of one node the later life is the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Life {
    /// The node.
    pub id: NodeId,
    /// Its life.
    pub generation: Generation,
}

impl fmt::Display for Life {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.id, self.generation)
    }
}

#[cfg(test)]
mod tests {
    use super::{Generation, Life, NodeId, NotANodeId};

    #[test]
    fn a_node_id_is_read_as_it_is_printed() {
        let id = NodeId::new(0xbeef).unwrap();
        assert_eq!(id.to_string(), "000000000000beef");
        assert_eq!("000000000000beef".parse(), Ok(id));
    }

    #[test]
    fn what_is_not_printed_so_names_nobody() {
        for text in ["", "beef", "0000000000000000", "000000000000BEEF", "+00000000000beef", "00000000000000beef"] {
            assert_eq!(text.parse::<NodeId>(), Err(NotANodeId), "{text}");
        }
        assert_eq!(NodeId::new(0), None);
    }

    #[test]
    fn the_later_life_of_a_node_is_the_greater() {
        let id = NodeId::new(7).unwrap();
        let lives = [3, 1, 2].map(|life| Life { id, generation: Generation(life) });
        assert_eq!(lives.into_iter().max().unwrap().to_string(), "0000000000000007#3");
    }
}
