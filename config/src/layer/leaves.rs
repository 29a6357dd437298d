//! What one layer gives.

use serde_json::Value;

use crate::mistake::{Mistake, Problem};
use crate::nearest::nearest;
use crate::path::ConfigPath;
use crate::schema::check::unknown;
use crate::schema::{Node, check};
use crate::service::Catalog;
use crate::source::Source;

/// Levels of tables and lists in one value, the same as in a message. Deeper ones are refused before anything recurses
/// into them.
pub(crate) const DEPTH_MAX: usize = 32;

/// A value and where it comes from.
#[derive(Clone, Debug)]
pub(crate) struct Layered {
    pub(crate) path: ConfigPath,
    pub(crate) value: Value,
    pub(crate) source: Source,
    pub(crate) secret: bool,
}

/// The values of one or more layers, lowest first, and the mistakes in them.
#[derive(Clone, Default)]
pub(crate) struct Layer {
    pub(crate) leaves: Vec<Layered>,
    pub(crate) mistakes: Vec<Mistake>,
}

impl Layer {
    /// The defaults of all services.
    pub(crate) fn defaults(catalog: &Catalog) -> Self {
        let mut layer = Self::default();
        for (name, service) in catalog.iter() {
            layer.add(catalog, &ConfigPath::of(name), &service.defaults, |_| Source::Default);
        }
        layer
    }

    /// Takes a value or a table at `path`: its leaves if all is well, else the mistakes. `source` says where what
    /// stands at a path comes from.
    pub(crate) fn add(
        &mut self,
        catalog: &Catalog,
        path: &ConfigPath,
        value: &Value,
        source: impl Fn(&ConfigPath) -> Source,
    ) {
        let node = match place(catalog, path) {
            Ok(node) => node,
            Err((path, problem)) => return self.mistake(source(&path), path, problem),
        };
        if is_deeper(value, DEPTH_MAX) {
            let reason = format!("it has more than {DEPTH_MAX} levels");
            return self.mistake(source(path), path.clone(), Problem::Refused { reason });
        }
        let checked = check(node, value, path);
        for (path, problem) in checked.problems {
            self.mistake(source(&path), path, problem);
        }
        for leaf in checked.leaves {
            let source = source(&leaf.path);
            self.leaves.push(Layered { path: leaf.path, value: leaf.value, source, secret: leaf.secret });
        }
    }

    pub(crate) fn mistake(&mut self, source: Source, path: ConfigPath, problem: Problem) {
        self.mistakes.push(Mistake::new(source, path, problem));
    }
}

/// The place of a path; or the part of it that is wrong, and why.
pub(crate) fn place<'a>(catalog: &'a Catalog, path: &ConfigPath) -> Result<Node<'a>, (ConfigPath, Problem)> {
    let name = path.service().unwrap_or_default();
    let Some(service) = catalog.get(name) else {
        return Err((path.clone(), Problem::UnknownService { nearest: nearest(name, catalog.names()) }));
    };
    let (mut node, mut here) = (Node::root(&service.schema), ConfigPath::of(name));
    for key in path.keys().iter().skip(1) {
        here = here.child(key);
        node = node.child(key).ok_or_else(|| (here.clone(), unknown(&node, key)))?;
    }
    Ok(node)
}

/// Whether a value has more levels than that. Stops as soon as it knows, so that its own depth is bounded.
pub(crate) fn is_deeper(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(items) => levels == 0 || items.iter().any(|item| is_deeper(item, levels - 1)),
        Value::Object(entries) => levels == 0 || entries.values().any(|entry| is_deeper(entry, levels - 1)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
