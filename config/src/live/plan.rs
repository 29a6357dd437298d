//! From what somebody wants to a revision; decides only.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::time::SystemTime;

use serde_json::{Map, Value};

use crate::layer::leaves::{DEPTH_MAX, is_deeper, place};
use crate::layer::typed::typed;
use crate::layer::{Layer, Layered};
use crate::live::edit::{Edit, Step};
use crate::live::error::SetError;
use crate::mistake::{Mistakes, Problem};
use crate::path::ConfigPath;
use crate::service::Catalog;
use crate::source::Source;
use crate::store::{Cause, Change, Given, Held, Revision, Stored};

/// Values one revision changes: more than a service has keys.
const CHANGES_MAX: usize = 1_024;
/// Values set at run time in all, and as many kept defaults: they are merged anew at each change.
const VALUES_MAX: usize = 16_384;
/// Bytes of one revision, as JSON: with the default history, 64 MiB in the worst case.
const REVISION_BYTES_MAX: usize = 256 << 10;
/// Bytes of an author's name.
const AUTHOR_BYTES_MAX: usize = 256;

/// The run-time layer, or the kept defaults, as they shall be.
pub(crate) type Values = BTreeMap<ConfigPath, Given>;

/// The run-time layer after an edit, each value checked against the schema.
pub(crate) fn edited(catalog: &Catalog, stored: &Stored, edit: &Edit) -> Result<Values, Mistakes> {
    let mut values = stored.given();
    let mut layer = Layer::default();
    let source = Source::Edit { author: edit.author.clone() };
    for (path, step) in &edit.steps {
        let path: ConfigPath = match path.parse() {
            Ok(path) => {
                unfold(catalog, &mut values, &path);
                path
            }
            Err(error) => {
                let reason = format!("{error}");
                layer.mistake(source.clone(), ConfigPath::default(), Problem::Syntax { reason });
                continue;
            }
        };
        match (step, place(catalog, &path)) {
            (Step::Set(value), Err(_)) if edit.forced => force(&mut values, &mut layer, path, value, &source),
            (Step::Set(value), _) => layer.add(catalog, &path, value, |_| source.clone()),
            (Step::SetText(text), Ok(node)) => layer.add(catalog, &path, &typed(&node, text), |_| source.clone()),
            // What a path no longer knows can still be cleared.
            (Step::Clear, place) => {
                let set = values.keys().any(|it| it.is_within(&path));
                match place {
                    Err((path, problem)) if !set => layer.mistake(source.clone(), path, problem),
                    _ => values.retain(|it, _| !it.is_within(&path)),
                }
            }
            (Step::SetText(_), Err((path, problem))) => layer.mistake(source.clone(), path, problem),
        }
        for leaf in layer.leaves.drain(..) {
            lay(&mut values, leaf.path, Given { value: leaf.value, secret: leaf.secret, forced: edit.forced });
        }
    }
    Mistakes::none_of(layer.mistakes).map(|()| values)
}

/// Takes a table that was forced as a whole apart, once its keys are known and one of them is to be changed: the others stay.
fn unfold(catalog: &Catalog, values: &mut Values, path: &ConfigPath) {
    let around = values.iter().find(|(it, given)| given.forced && path.is_within(it) && *it != path);
    let Some((around, table)) = around.map(|(around, table)| (around.clone(), table.value.clone())) else { return };
    let mut layer = Layer::default();
    layer.add(catalog, &around, &table, |_| Source::Default);
    if layer.mistakes.is_empty() {
        values.remove(&around);
        let given = |leaf: Layered| (leaf.path, Given { value: leaf.value, secret: leaf.secret, forced: true });
        values.extend(layer.leaves.into_iter().map(given));
    }
}

/// Sets a value; those around and below it go, as they would when layers are merged.
fn lay(values: &mut Values, path: ConfigPath, given: Given) {
    let below = values.keys().any(|it| it.is_within(&path) && *it != path);
    if !(below && given.value.as_object().is_some_and(Map::is_empty)) {
        values.retain(|it, _| !it.is_within(&path) && !path.is_within(it));
        values.insert(path, given);
    }
}

/// Sets a value whose path nothing knows. What is known around it stays: only a program that knows both can say which of
/// them counts.
fn force(values: &mut Values, layer: &mut Layer, path: ConfigPath, value: &Value, source: &Source) {
    if is_deeper(value, DEPTH_MAX) {
        let reason = format!("it has more than {DEPTH_MAX} levels");
        return layer.mistake(source.clone(), path, Problem::Refused { reason });
    }
    values.retain(|it, _| !it.is_within(&path));
    values.insert(path, Given { value: value.clone(), secret: true, forced: true });
}

/// Who wants a revision, when and why.
pub(crate) struct Wish<'a> {
    pub(crate) author: &'a str,
    pub(crate) at: SystemTime,
    pub(crate) cause: Cause,
}

/// The revision that leads to these values, and what is stored after it; `None` if they are in force.
pub(crate) fn revision(
    stored: &Stored,
    values: Values,
    wish: &Wish<'_>,
    keep: NonZeroUsize,
) -> Result<Option<(Revision, Stored)>, SetError> {
    let limited =
        |what, found, limit| if found > limit { Err(SetError::TooLarge { what, found, limit }) } else { Ok(()) };
    limited("bytes in the author's name", wish.author.len(), AUTHOR_BYTES_MAX)?;
    limited("values in the store", values.len(), VALUES_MAX)?;
    let changes = difference(stored.of(wish.cause), values);
    if changes.is_empty() {
        return Ok(None);
    }
    limited("values changed at once", changes.len(), CHANGES_MAX)?;
    let revision = Revision {
        number: stored.newest.saturating_add(1),
        at: wish.at,
        author: wish.author.to_owned(),
        cause: wish.cause,
        changes,
    };
    let bytes = serde_json::to_vec(&revision).map_or(usize::MAX, |json| json.len());
    limited("bytes of one revision", bytes, REVISION_BYTES_MAX)?;
    let mut after = stored.clone();
    match after.append(&revision, keep) {
        Ok(()) => Ok(Some((revision, after))),
        Err(_) => Err(SetError::Contended { newest: stored.newest }),
    }
}

fn difference(held: &BTreeMap<ConfigPath, Held>, mut values: Values) -> Vec<Change> {
    let mut changes = Vec::new();
    for (path, held) in held {
        let after = values.remove(path);
        if after.as_ref().map(|after| &after.value) != Some(&held.value) {
            changes.push(Change {
                path: path.clone(),
                before: Some(held.value.clone()),
                secret: held.secret || after.as_ref().is_some_and(|after| after.secret),
                forced: held.forced || after.as_ref().is_some_and(|after| after.forced),
                after: after.map(|after| after.value),
            });
        }
    }
    let new = values.into_iter();
    changes.extend(new.map(|(path, Given { value, secret, forced })| Change {
        path,
        before: None,
        after: Some(value),
        secret,
        forced,
    }));
    changes
}
