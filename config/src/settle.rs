//! From merged values to the types of the services.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::layer::merged::tree;
use crate::layer::{Layer, Merged};
use crate::mistake::{Mistake, Mistakes, Problem};
use crate::path::ConfigPath;
use crate::secret::MASK;
use crate::service::{Catalog, Rejected, Service, Typed};
use crate::source::Source;

/// Mistakes looked for in one service beyond those the schema tells. Each costs one run of its `Deserialize`.
const REFUSALS_MAX: usize = 100;

/// Values that every service accepts.
pub(crate) struct Settled {
    pub(crate) merged: Merged,
    pub(crate) typed: BTreeMap<String, Typed>,
}

/// Merges the layers and asks every service's type; or finds every mistake.
pub(crate) fn settle(catalog: &Catalog, layer: Layer) -> Result<Settled, Mistakes> {
    let mut mistakes = layer.mistakes;
    let merged = Merged::of(layer.leaves);
    // A default that is not in force harms nobody: so a type can say that a value has to be set.
    mistakes.retain(|mistake| {
        let in_force = || merged.decisive(&mistake.path).is_none_or(|layered| layered.source == Source::Default);
        mistake.source != Source::Default || in_force()
    });
    let mut typed = BTreeMap::new();
    for (name, service) in catalog.iter() {
        // What the schema does not accept is no news from the type.
        if mistakes.iter().any(|mistake| mistake.path.service() == Some(name)) {
            continue;
        }
        match read(name, service, &merged) {
            Ok(config) => drop(typed.insert(name.to_owned(), config)),
            Err(refusals) => mistakes.extend(refusals),
        }
    }
    Mistakes::none_of(mistakes).map(|()| Settled { merged, typed })
}

/// The value of one service, from leaves that need not be the ones in force.
pub(crate) fn typed(name: &str, service: &Service, leaves: &BTreeMap<ConfigPath, Value>) -> Result<Typed, Rejected> {
    service.read(name, tree(leaves))
}

/// Asks the type. serde stops at the first mistake, so each refused value is taken away and the type is asked again.
fn read(name: &str, service: &Service, merged: &Merged) -> Result<Typed, Vec<Mistake>> {
    let root = ConfigPath::of(name);
    let mut rest = merged.clone();
    let mut mistakes = Vec::new();
    while mistakes.len() < REFUSALS_MAX {
        let leaves = rest.within(&root).map(|(path, layered)| (path, &layered.value));
        let rejected = match service.read(name, tree(leaves)) {
            Ok(config) if mistakes.is_empty() => return Ok(config),
            Ok(_) => break,
            Err(rejected) => rejected,
        };
        let decisive = rest.decisive(&rejected.path);
        let source = decisive.map_or(Source::Default, |layered| layered.source.clone());
        let secret = decisive.is_some_and(|layered| layered.secret && rejected.path.is_within(&layered.path));
        let culprit = decisive.map(|layered| layered.path.clone());
        let reason = if secret || tells_secret(&rejected.reason, &rest, &root) {
            format!("{MASK} (the reason would show a secret)")
        } else {
            rejected.reason
        };
        mistakes.push(Mistake::new(source, rejected.path.clone(), Problem::Refused { reason }));
        if !culprit.is_some_and(|path| rejected.path.is_within(&path) && rest.uncover(&path)) {
            break;
        }
    }
    Err(mistakes)
}

/// Whether a type's own words repeat the value of a secret.
fn tells_secret(reason: &str, merged: &Merged, root: &ConfigPath) -> bool {
    merged.within(root).any(|(_, layered)| layered.secret && repeats(reason, &layered.value))
}

fn repeats(reason: &str, value: &Value) -> bool {
    match value {
        Value::String(text) if text.is_empty() => false,
        Value::String(text) => reason.contains(text) || reason.contains(format!("{text:?}").trim_matches('"')),
        Value::Number(number) => reason.contains(&number.to_string()),
        Value::Array(items) => items.iter().any(|item| repeats(reason, item)),
        Value::Object(entries) => entries.values().any(|entry| repeats(reason, entry)),
        Value::Null | Value::Bool(_) => false,
    }
}
