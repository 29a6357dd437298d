//! [`Sought`]: looking a key up without making it.

use std::hash::{Hash, Hasher};

use crate::key::IntoKey;

/// What an entry of a table is compared with: another entry, or what a key would be made from. Both hash alike.
pub(super) trait Sought<K> {
    fn hash_key(&self, state: &mut dyn Hasher);
    fn is_key(&self, key: &K) -> bool;
    /// The key, if there is one already.
    fn key(&self) -> Option<&K>;
}

/// What a key would be made from.
pub(super) struct Given<'a, G>(pub(super) &'a G);

impl<G: IntoKey<K>, K> Sought<K> for Given<'_, G> {
    fn hash_key(&self, state: &mut dyn Hasher) {
        self.0.hash_key(state);
    }

    fn is_key(&self, key: &K) -> bool {
        self.0.is_key(key)
    }

    fn key(&self) -> Option<&K> {
        None
    }
}

impl<K> Hash for dyn Sought<K> + '_ {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.hash_key(state);
    }
}

impl<K> PartialEq for dyn Sought<K> + '_ {
    fn eq(&self, other: &Self) -> bool {
        // one of the two is listed
        other.key().map_or_else(|| self.key().is_some_and(|key| other.is_key(key)), |key| self.is_key(key))
    }
}

impl<K> Eq for dyn Sought<K> + '_ {}
