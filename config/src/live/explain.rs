//! Where a value comes from, to be shown.

use std::fmt;

use serde_json::Value;

use crate::layer::leaves::place;
use crate::live::error::AccessError;
use crate::live::state::State;
use crate::mistake::Problem;
use crate::path::ConfigPath;
use crate::secret::MASK;
use crate::service::Catalog;
use crate::source::Source;

/// A value, where it comes from and what it overrode. Secrets are `***`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Explained {
    /// Its place.
    pub path: ConfigPath,
    /// The value in force.
    pub value: Value,
    /// Where it comes from.
    pub source: Source,
    /// What lower layers say, highest first.
    pub overrode: Vec<Overridden>,
    /// Whether a change reaches the service at once. Otherwise it waits for the service's refresh.
    pub hot: bool,
    /// Whether it is a secret.
    pub secret: bool,
    /// If the service still sees another value: that one, `null` if none. It sees `value` after its refresh.
    pub seen: Option<Value>,
}

/// A value that is not in force.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Overridden {
    /// Its place: that of the value in force, or a table around it, or a key below it.
    pub path: ConfigPath,
    /// The value.
    pub value: Value,
    /// Where it comes from.
    pub source: Source,
}

/// The value at a path.
pub(crate) fn explain(catalog: &Catalog, state: &State, path: &ConfigPath) -> Result<Explained, AccessError> {
    let node = place(catalog, path).map_err(|(path, problem)| match problem {
        Problem::UnknownService { nearest } => {
            AccessError::UnknownService { name: path.service().unwrap_or_default().to_owned(), nearest }
        }
        Problem::UnknownKey { nearest, .. } => AccessError::UnknownKey { path, nearest },
        _ => AccessError::UnknownKey { path, nearest: None },
    })?;
    if let Some(explained) = Explained::of(state, path, node.marks.hot, node.is_secret()) {
        return Ok(explained);
    }
    let below = state.merged.within(path).filter_map(|(below, _)| below.keys().get(path.keys().len()));
    let mut keys: Vec<_> = below.cloned().collect();
    keys.dedup();
    match keys.is_empty() {
        true => Ok(Explained::unset(path, node.marks.hot, node.is_secret())),
        false => Err(AccessError::Table { path: path.clone(), keys }),
    }
}

/// Every value of a service that some layer has.
pub(crate) fn list(catalog: &Catalog, state: &State, service: &str) -> Vec<Explained> {
    let root = ConfigPath::of(service);
    let paths = state.merged.within(&root).map(|(path, _)| path);
    paths.filter_map(|path| explain(catalog, state, path).ok()).collect()
}

impl Explained {
    /// Of a value that some layer has.
    pub(crate) fn of(state: &State, path: &ConfigPath, hot: bool, secret: bool) -> Option<Self> {
        let (top, below) = state.merged.stack(path)?.split_last()?;
        let secret = secret || top.secret || below.iter().any(|layered| layered.secret);
        let shown = |value: &Value| if secret { MASK.into() } else { value.clone() };
        let running = path.service().and_then(|name| state.running.get(name));
        let seen = running.map(|running| running.leaves.get(path).unwrap_or(&Value::Null));
        Some(Self {
            path: path.clone(),
            value: shown(&top.value),
            source: top.source.clone(),
            overrode: below
                .iter()
                .rev()
                .map(|layered| Overridden {
                    path: layered.path.clone(),
                    value: shown(&layered.value),
                    source: layered.source.clone(),
                })
                .collect(),
            hot,
            secret,
            seen: seen.filter(|seen| **seen != top.value).map(shown),
        })
    }

    /// Of a value that no layer has.
    pub(crate) fn unset(path: &ConfigPath, hot: bool, secret: bool) -> Self {
        let (path, value) = (path.clone(), Value::Null);
        Self { path, value, source: Source::Default, overrode: Vec::new(), hot, secret, seen: None }
    }
}

/// One line for the value, one for each that it overrode, and one if the service does not see it yet.
impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Value| if self.secret { MASK.to_owned() } else { value.to_string() };
        write!(f, "{} = {} ({})", self.path, shown(&self.value), self.source)?;
        for Overridden { path, value, source } in &self.overrode {
            write!(f, "\n  overrode ")?;
            if *path != self.path {
                write!(f, "{path} = ")?;
            }
            write!(f, "{} ({source})", shown(value))?;
        }
        match &self.seen {
            Some(seen) => write!(f, "\n  waits for a refresh; the service sees {}", shown(seen)),
            None => Ok(()),
        }
    }
}
