//! All layers, one over the other.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::layer::Layered;
use crate::path::ConfigPath;

/// The values in force, each with what it overrode.
#[derive(Clone, Default, Debug)]
pub(crate) struct Merged {
    /// From a path to what the layers said there, lowest first: the last is in force. No path lies within another.
    leaves: BTreeMap<ConfigPath, Vec<Layered>>,
}

impl Merged {
    /// Lays values over each other in this order.
    pub(crate) fn of(layers: impl IntoIterator<Item = Layered>) -> Self {
        let mut merged = Self::default();
        layers.into_iter().for_each(|layered| merged.lay(layered));
        merged
    }

    /// Lays a value over those there are.
    ///
    /// A value over a table (`mail = null` over `mail.host`) replaces all of it, and a table over a value (`mail.host`
    /// over `mail = null`) replaces that. A table without keys changes nothing if there are keys below.
    pub(crate) fn lay(&mut self, layered: Layered) {
        let path = layered.path.clone();
        let below: Vec<_> = self.within(&path).map(|(below, _)| below.clone()).filter(|it| *it != path).collect();
        if layered.value.as_object().is_some_and(Map::is_empty) && !below.is_empty() {
            return;
        }
        let around = path.ancestors().filter(|around| self.leaves.contains_key(around)).collect::<Vec<_>>();
        let replaced = around.into_iter().chain(below).flat_map(|path| self.leaves.remove(&path).unwrap_or_default());
        let mut replaced: Vec<_> = replaced.collect();
        let stack = self.leaves.entry(path).or_default();
        stack.append(&mut replaced);
        stack.sort_by_key(|it| it.source.rank());
        stack.push(layered);
    }

    /// Takes away the value in force, so that the one below it is. Returns whether there was one.
    pub(crate) fn uncover(&mut self, path: &ConfigPath) -> bool {
        match self.leaves.get_mut(path) {
            // What was around or below the path cannot stand at it.
            Some(stack) if stack.iter().rev().nth(1).is_some_and(|below| below.path == *path) => stack.pop().is_some(),
            _ => false,
        }
    }

    /// What the layers said at a path, lowest first.
    pub(crate) fn stack(&self, path: &ConfigPath) -> Option<&[Layered]> {
        self.leaves.get(path).map(Vec::as_slice)
    }

    /// The values in force at a path and below it.
    pub(crate) fn within<'a>(&'a self, path: &'a ConfigPath) -> impl Iterator<Item = (&'a ConfigPath, &'a Layered)> {
        let from = self.leaves.range(path.clone()..).take_while(move |(it, _)| it.is_within(path));
        from.filter_map(|(path, stack)| Some((path, stack.last()?)))
    }

    /// The value that decides what stands at a path: there, around it, or the highest below it.
    pub(crate) fn decisive(&self, path: &ConfigPath) -> Option<&Layered> {
        let at = |path: &ConfigPath| self.leaves.get(path).and_then(|stack| stack.last());
        let below = || {
            let below = self.leaves.range(path.clone()..).take_while(|(it, _)| it.is_within(path));
            below.filter_map(|(_, stack)| stack.last()).max_by_key(|layered| layered.source.rank())
        };
        at(path).or_else(|| path.ancestors().find_map(|around| at(&around))).or_else(below)
    }
}

/// Values at paths, as one value; the first key, the service's, is left out.
pub(crate) fn tree<'a>(leaves: impl IntoIterator<Item = (&'a ConfigPath, &'a Value)>) -> Value {
    let mut root = Value::Object(Map::new());
    for (path, value) in leaves {
        let mut place = &mut root;
        for key in path.keys().iter().skip(1) {
            if !place.is_object() {
                *place = Value::Object(Map::new());
            }
            let Value::Object(entries) = place else { break };
            place = entries.entry(key.clone()).or_insert(Value::Null);
        }
        *place = value.clone();
    }
    root
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_path_lies_within_another_and_the_last_one_laid_is_in_force(
            laid in prop::collection::vec((prop::collection::vec("[ab]", 1..4), any::<bool>()), 1..20)
        ) {
            let mut merged = Merged::default();
            for (number, (keys, empty)) in laid.into_iter().enumerate() {
                let path = ConfigPath::from(keys);
                let value = if empty { Value::Object(Map::new()) } else { Value::from(number) };
                let had_below = merged.within(&path).any(|(below, _)| *below != path);
                let before = merged.leaves.len();
                merged.lay(Layered { path: path.clone(), value: value.clone(), source: Source::Default, secret: false });
                if empty && had_below {
                    prop_assert_eq!(merged.leaves.len(), before);
                } else {
                    prop_assert_eq!(&merged.decisive(&path).unwrap().value, &value);
                }
                for (path, stack) in &merged.leaves {
                    prop_assert!(!stack.is_empty());
                    prop_assert!(!path.ancestors().any(|around| merged.leaves.contains_key(&around)));
                }
            }
        }
    }
}
