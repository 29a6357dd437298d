//! What is in force, and what each service sees of it; decides only.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::layer::leaves::place;
use crate::layer::{Layer, Layered, Merged};
use crate::live::kept;
use crate::mistake::Mistakes;
use crate::path::ConfigPath;
use crate::service::{Catalog, Service, Typed};
use crate::settle::{settle, typed};
use crate::source::Source;
use crate::store::{Held, Stored};

/// What is in force at one moment. It never changes: each change makes the next one.
#[derive(Clone, Default)]
pub(crate) struct State {
    /// Defaults, files and variables.
    pub(crate) base: Layer,
    /// The run-time layer and its history.
    pub(crate) stored: Stored,
    /// All layers.
    pub(crate) merged: Merged,
    /// What each service sees: of cold values, those of its last refresh.
    pub(crate) running: BTreeMap<String, Running>,
}

/// What one service sees.
#[derive(Clone)]
pub(crate) struct Running {
    pub(crate) leaves: BTreeMap<ConfigPath, Value>,
    pub(crate) typed: Typed,
    /// The newest revision when it came to be.
    pub(crate) revision: u64,
}

impl State {
    /// The first one: every service sees all that is in force.
    pub(crate) fn first(catalog: &Catalog, base: Layer, stored: Stored) -> Result<Self, Mistakes> {
        let settled = settle(catalog, with_stored(catalog, base.clone(), &stored))?;
        let mut running = BTreeMap::new();
        for (name, typed) in settled.typed {
            let leaves = wanted(&settled.merged, &name);
            running.insert(name, Running { leaves, typed, revision: stored.newest });
        }
        Ok(Self { base, stored, merged: settled.merged, running })
    }

    /// The one after a change of the run-time layer, or of the layers below it. Hot values take effect.
    pub(crate) fn next(&self, catalog: &Catalog, base: Layer, stored: Stored) -> Result<Self, Mistakes> {
        let settled = settle(catalog, with_stored(catalog, base.clone(), &stored))?;
        let mut next = Self { base, stored, merged: settled.merged, running: self.running.clone() };
        for (name, service) in catalog.iter() {
            let wanted = wanted(&next.merged, name);
            let Some(running) = next.running.get_mut(name) else { continue };
            let seen = mixed(catalog, &running.leaves, &wanted);
            // If the type refuses new hot values beside old cold ones, they wait together for the refresh: a service
            // never sees what its type does not accept.
            running.see(name, service, seen, next.stored.newest);
        }
        Ok(next)
    }

    /// The one in which a service sees all that is in force.
    pub(crate) fn refreshed(&self, name: &str, service: &Service) -> Self {
        let mut next = self.clone();
        let wanted = wanted(&next.merged, name);
        if let Some(running) = next.running.get_mut(name) {
            running.see(name, service, wanted, next.stored.newest);
        }
        next
    }

    /// The values that a service does not see before its refresh, in the order of their paths.
    pub(crate) fn waiting(&self, name: &str) -> Vec<ConfigPath> {
        self.running.get(name).map_or_else(Vec::new, |running| running.differing(&wanted(&self.merged, name)))
    }
}

impl Running {
    /// Sees these values from now on, if they differ and the type accepts them.
    fn see(&mut self, name: &str, service: &Service, leaves: BTreeMap<ConfigPath, Value>, revision: u64) {
        if leaves != self.leaves
            && let Ok(typed) = typed(name, service, &leaves)
        {
            *self = Self { leaves, typed, revision };
        }
    }

    /// The paths at which other values stand, in their order.
    pub(crate) fn differing(&self, other: &BTreeMap<ConfigPath, Value>) -> Vec<ConfigPath> {
        let changed = other.iter().filter(|(path, value)| self.leaves.get(path) != Some(value));
        let gone = self.leaves.iter().filter(|(path, _)| !other.contains_key(path));
        let mut differing: Vec<_> = changed.chain(gone).map(|(path, _)| path.clone()).collect();
        differing.sort_unstable();
        differing
    }

    /// Whether both are one value, so that nobody has to be told.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.typed, &other.typed)
    }
}

/// All layers: the defaults that are kept above those of the types, what was set at run time above everything.
fn with_stored(catalog: &Catalog, mut base: Layer, stored: &Stored) -> Layer {
    let defaults = base.leaves.iter().take_while(|leaf| leaf.source == Source::Default).count();
    let above = base.leaves.split_off(defaults);
    let kept = kept::above(catalog, &base, stored);
    base.leaves.extend(kept);
    base.leaves.extend(above);
    for (path, held) in &stored.values {
        if !is_of_others(catalog, path, held) {
            let source = Source::Revision { number: held.revision, author: held.author.clone() };
            base.add(catalog, path, &held.value, |_| source.clone());
        }
    }
    base
}

/// Whether a value belongs to another program, or to another version of this one: its service is not here, or it was
/// forced and nothing knows its path.
pub(crate) fn is_of_others(catalog: &Catalog, path: &ConfigPath, held: &Held) -> bool {
    let has_service = path.service().is_some_and(|name| catalog.get(name).is_some());
    !has_service || held.forced && place(catalog, path).is_err()
}

/// What is in force for a service.
fn wanted(merged: &Merged, name: &str) -> BTreeMap<ConfigPath, Value> {
    merged.within(&ConfigPath::of(name)).map(|(path, layered)| (path.clone(), layered.value.clone())).collect()
}

/// The cold values that a service sees, with the hot ones that are in force.
fn mixed(
    catalog: &Catalog,
    seen: &BTreeMap<ConfigPath, Value>,
    wanted: &BTreeMap<ConfigPath, Value>,
) -> BTreeMap<ConfigPath, Value> {
    let is_hot = |path: &ConfigPath| catalog.node(path).is_some_and(|node| node.marks.hot);
    let cold = seen.iter().filter(|(path, _)| !is_hot(path));
    let hot = wanted.iter().filter(|(path, _)| is_hot(path));
    let leaf = |(path, value): (&ConfigPath, &Value)| Layered {
        path: path.clone(),
        value: value.clone(),
        source: Source::Default,
        secret: false,
    };
    let merged = Merged::of(cold.chain(hot).map(leaf));
    merged.within(&ConfigPath::default()).map(|(path, layered)| (path.clone(), layered.value.clone())).collect()
}
