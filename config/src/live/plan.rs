//! From what somebody wants to a revision; decides only.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::time::SystemTime;

use serde_json::{Map, Value};

use crate::layer::Layer;
use crate::layer::leaves::place;
use crate::layer::typed::typed;
use crate::live::edit::{Edit, Step};
use crate::live::error::SetError;
use crate::mistake::{Mistakes, Problem};
use crate::path::ConfigPath;
use crate::service::Catalog;
use crate::source::Source;
use crate::store::{Cause, Change, Held, Revision, Stored};

/// Values one revision changes: more than a service has keys.
const CHANGES_MAX: usize = 1_024;
/// Values set at run time in all, and as many kept defaults: they are merged anew at each change.
const VALUES_MAX: usize = 16_384;
/// Bytes of one revision, as JSON: with the default history, 64 MiB in the worst case.
const REVISION_BYTES_MAX: usize = 256 << 10;
/// Bytes of an author's name.
const AUTHOR_BYTES_MAX: usize = 256;

/// The run-time layer, or the kept defaults, as they shall be: each value, and whether it is a secret.
pub(crate) type Values = BTreeMap<ConfigPath, (Value, bool)>;

/// The run-time layer after an edit, each value checked against the schema.
pub(crate) fn edited(catalog: &Catalog, stored: &Stored, edit: &Edit) -> Result<Values, Mistakes> {
    let now = stored.values.iter().map(|(path, held)| (path.clone(), (held.value.clone(), held.secret)));
    let mut values: Values = now.collect();
    let mut layer = Layer::default();
    let source = Source::Edit { author: edit.author.clone() };
    for (path, step) in &edit.steps {
        let path: ConfigPath = match path.parse() {
            Ok(path) => path,
            Err(error) => {
                let reason = format!("{error}");
                layer.mistake(source.clone(), ConfigPath::default(), Problem::Syntax { reason });
                continue;
            }
        };
        match (step, place(catalog, &path)) {
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
        layer.leaves.drain(..).for_each(|leaf| lay(&mut values, leaf.path, leaf.value, leaf.secret));
    }
    Mistakes::none_of(layer.mistakes).map(|()| values)
}

/// Sets a value; those around and below it go, as they would when layers are merged.
fn lay(values: &mut Values, path: ConfigPath, value: Value, secret: bool) {
    let below = values.keys().any(|it| it.is_within(&path) && *it != path);
    if !(below && value.as_object().is_some_and(Map::is_empty)) {
        values.retain(|it, _| !it.is_within(&path) && !path.is_within(it));
        values.insert(path, (value, secret));
    }
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
        let (after, secret) = values.remove(path).map_or((None, false), |(value, secret)| (Some(value), secret));
        if after.as_ref() != Some(&held.value) {
            let (before, secret) = (Some(held.value.clone()), secret || held.secret);
            changes.push(Change { path: path.clone(), before, after, secret });
        }
    }
    let new = values.into_iter();
    changes.extend(new.map(|(path, (value, secret))| Change { path, before: None, after: Some(value), secret }));
    changes
}
