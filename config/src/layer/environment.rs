//! Environment variables: `CONSORT_CART__LIMIT` is `cart.limit`.

use std::collections::BTreeMap;
use std::ffi::OsString;

use crate::layer::Layer;
use crate::layer::typed::typed;
use crate::mistake::Problem;
use crate::nearest::nearest;
use crate::path::ConfigPath;
use crate::schema::{Node, Shape};
use crate::service::Catalog;
use crate::source::Source;

/// Between two keys. Variables without it are not about services.
const SEPARATOR: &str = "__";

/// Adds what the variables say whose name begins with `prefix`, in the order of their names.
pub(crate) fn add(layer: &mut Layer, catalog: &Catalog, prefix: &str, variables: &BTreeMap<OsString, OsString>) {
    let mut seen: BTreeMap<ConfigPath, Source> = BTreeMap::new();
    for (name, value) in variables {
        let printed = name.to_string_lossy().into_owned();
        let Some(keys) = printed.strip_prefix(prefix).filter(|keys| keys.contains(SEPARATOR)) else { continue };
        let source = Source::Variable { name: printed.clone() };
        let (path, node) = match resolve(catalog, keys) {
            Ok(found) => found,
            Err((path, problem)) => {
                layer.mistake(source, path, problem);
                continue;
            }
        };
        if let Some(other) = seen.insert(path.clone(), source.clone()) {
            layer.mistake(source, path, Problem::Twice { other });
            continue;
        }
        match value.to_str() {
            Some(text) => layer.add(catalog, &path, &typed(&node, text), |_| source.clone()),
            None => layer.mistake(source, path, Problem::Refused { reason: "it is not UTF-8".to_owned() }),
        }
    }
}

/// The path that a variable names; or the part of it that is wrong, and why.
fn resolve<'a>(catalog: &'a Catalog, keys: &str) -> Result<(ConfigPath, Node<'a>), (ConfigPath, Problem)> {
    let mut keys = keys.split(SEPARATOR);
    let first = keys.next().unwrap_or_default();
    let lower = ConfigPath::of(&first.to_lowercase());
    let name = match only(first, catalog.names(), &lower)? {
        Some(name) => name,
        None => {
            let nearest = nearest(first, catalog.names());
            return Err((lower, Problem::UnknownService { nearest }));
        }
    };
    let Some(service) = catalog.get(name) else { return Err((lower, Problem::UnknownService { nearest: None })) };
    let (mut path, mut node) = (ConfigPath::of(name), Node::root(&service.schema));
    for key in keys {
        let lower = key.to_lowercase();
        let here = path.child(&lower);
        let named = only(key, node.names(), &here)?.map(str::to_owned);
        // The keys of a map have no other name to go by.
        let key = named.unwrap_or(lower);
        let below = if node.shape() == Shape::Table { node.child(&key) } else { None };
        node = below.ok_or_else(|| (here, crate::schema::check::unknown(&node, &key)))?;
        path = path.child(&key);
    }
    Ok((path, node))
}

/// The one name that is written like this in a variable, if there is one.
fn only<'a>(
    key: &str,
    names: impl IntoIterator<Item = &'a str>,
    path: &ConfigPath,
) -> Result<Option<&'a str>, (ConfigPath, Problem)> {
    let wanted = spelled(key);
    let mut alike = names.into_iter().filter(|name| spelled(name) == wanted);
    match (alike.next(), alike.next()) {
        (Some(one), Some(other)) => {
            let reason = format!("it stands for `{one}` and for `{other}`; set it in a file");
            Err((path.clone(), Problem::Refused { reason }))
        }
        (one, _) => Ok(one),
    }
}

/// How a key is written in a variable: upper case, `_` for everything that is no letter or digit.
fn spelled(key: &str) -> String {
    key.chars().flat_map(char::to_uppercase).map(|it| if it.is_alphanumeric() { it } else { '_' }).collect()
}
