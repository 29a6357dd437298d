//! [`BuiltIn`]: what a node asks of a service that it knows by its name only.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::remote::Placement;

/// A call by names is made of a service whose types the caller does not have. Sent as methods of these
/// [names](BuiltIn::name); every service has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuiltIn {
    /// Where does the actor of this path live? To any node that serves the service.
    Place,
    /// Runs a method by its name. To the node where the actor lives.
    Call,
    /// What are your methods? To any node that serves the service.
    Describe,
}

impl BuiltIn {
    /// Each of them.
    pub const ALL: [BuiltIn; 3] = [BuiltIn::Place, BuiltIn::Call, BuiltIn::Describe];

    /// The name under which it is sent; no method can have it.
    pub const fn name(self) -> &'static str {
        match self {
            BuiltIn::Place => "@place",
            BuiltIn::Call => "@call",
            BuiltIn::Describe => "@describe",
        }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|built_in| built_in.name() == name)
    }
}

/// The answer to [`BuiltIn::Place`]: where an actor is found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Address {
    /// The segments of the key, as a message has them.
    pub(crate) key: Box<str>,
    kind: Kind,
    #[serde(default)]
    hash: u64,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Kind {
    Any,
    Key,
    Unique,
}

impl Address {
    pub(crate) fn new(key: Box<str>, placement: Placement) -> Self {
        let (kind, hash) = match placement {
            Placement::Any => (Kind::Any, 0),
            Placement::Key(hash) => (Kind::Key, hash),
            Placement::Unique(hash) => (Kind::Unique, hash),
        };
        Address { key, kind, hash }
    }

    pub(crate) fn placement(&self) -> Placement {
        match self.kind {
            Kind::Any => Placement::Any,
            Kind::Key => Placement::Key(self.hash),
            Kind::Unique => Placement::Unique(self.hash),
        }
    }
}

/// The body of [`BuiltIn::Call`].
#[derive(Serialize, Deserialize)]
pub(crate) struct Named {
    pub(crate) method: Box<str>,
    pub(crate) arguments: Value,
}

#[cfg(test)]
mod tests {
    use super::{Address, BuiltIn, Placement};
    use crate::wire::{pack, unpack};

    #[test]
    fn each_is_found_by_its_name_and_nothing_else_is() {
        for built_in in BuiltIn::ALL {
            assert_eq!(BuiltIn::named(built_in.name()), Some(built_in));
        }
        assert_eq!(BuiltIn::named("call"), None);
    }

    #[test]
    fn an_address_is_read_as_it_was_written() {
        for placement in [Placement::Any, Placement::Key(u64::MAX), Placement::Unique(7)] {
            let written = pack(&Address::new("a/7".into(), placement)).unwrap();
            let read: Address = unpack(&written).unwrap();
            assert_eq!((&*read.key, read.placement()), ("a/7", placement));
        }
    }
}
