//! What is stored, as keys of the control plane and back.

use std::collections::BTreeMap;
use std::path::PathBuf;

use bytes::Bytes;
use consort_runtime::config::{ConfigPath, Held, Revision, StoreError, Stored};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::control::Entry;

/// All keys begin with this.
pub(super) const ROOT: &str = "config/";
/// The number of the newest revision. Every change puts it, expecting the number before.
pub(super) const NEWEST: &str = "config/newest";
/// Below it what is set of each service.
const VALUES: &str = "config/values/";
/// Below it what is kept of the defaults of each service.
const DEFAULTS: &str = "config/defaults/";
/// Below it each revision, by its number in 20 digits, so that they stand in order.
const REVISIONS: &str = "config/revisions/";

/// Bytes of the revisions that are kept. The oldest are forgotten beyond: sixteen of the largest, thousands of usual ones.
const HISTORY_BYTES_MAX: usize = 4 << 20;
/// Bytes of all values and kept defaults: with the history, less than a read of the control plane may return.
const VALUES_BYTES_MAX: usize = 8 << 20;

/// Each key with what it holds.
pub(super) type Image = BTreeMap<Box<str>, Bytes>;

/// How it is written: as JSON, which people can read with the tools of an etcd.
///
/// # Errors
/// There is too much of it.
pub(super) fn paint(stored: &Stored) -> Result<Image, StoreError> {
    let mut image = Image::new();
    paint_values(VALUES, &stored.values, &mut image)?;
    paint_values(DEFAULTS, &stored.defaults, &mut image)?;
    let bytes: usize = image.values().map(Bytes::len).sum();
    if bytes > VALUES_BYTES_MAX {
        let reason = format!("{bytes} bytes of values are too many: at most {VALUES_BYTES_MAX} are kept for all nodes");
        return Err(StoreError::Failed { reason, source: None });
    }
    let mut left = HISTORY_BYTES_MAX;
    for revision in stored.revisions.iter().rev() {
        let text = write(revision)?;
        let Some(rest) = left.checked_sub(text.len()) else { break };
        left = rest;
        image.insert(format!("{REVISIONS}{:020}", revision.number).into(), text);
    }
    image.insert(NEWEST.into(), write(&stored.newest)?);
    Ok(image)
}

fn paint_values(below: &str, values: &BTreeMap<ConfigPath, Held>, image: &mut Image) -> Result<(), StoreError> {
    let mut services: BTreeMap<&str, BTreeMap<&ConfigPath, &Held>> = BTreeMap::new();
    for (path, held) in values {
        services.entry(path.service().unwrap_or_default()).or_default().insert(path, held);
    }
    for (service, values) in services {
        image.insert(format!("{below}{service}").into(), write(&values)?);
    }
    Ok(())
}

/// Reads what [`paint`] wrote. Keys of later versions are passed over.
///
/// # Errors
/// It contradicts itself, or cannot be read.
pub(super) fn read(entries: &[Entry]) -> Result<Stored, StoreError> {
    let mut stored = Stored::default();
    for entry in entries {
        if &*entry.key == NEWEST {
            stored.newest = parse(entry)?;
        } else if entry.key.starts_with(VALUES) {
            stored.values.append(&mut parse(entry)?);
        } else if entry.key.starts_with(DEFAULTS) {
            stored.defaults.append(&mut parse(entry)?);
        } else if entry.key.starts_with(REVISIONS) {
            stored.revisions.push(parse::<Revision>(entry)?);
        }
    }
    let follow = stored.revisions.windows(2).all(|two| two[0].number.checked_add(1) == Some(two[1].number));
    let last = stored.revisions.last().map_or(stored.newest, |last| last.number);
    if follow && last == stored.newest { Ok(stored) } else { Err(damaged(REVISIONS, "revisions are missing")) }
}

fn write(value: &impl Serialize) -> Result<Bytes, StoreError> {
    let text = serde_json::to_vec(value);
    text.map(Bytes::from).map_err(|error| StoreError::Failed { reason: error.to_string(), source: None })
}

fn parse<T: DeserializeOwned>(entry: &Entry) -> Result<T, StoreError> {
    // without serde's reason: it may quote a secret
    serde_json::from_slice(&entry.value).map_err(|_| damaged(&entry.key, "it cannot be read"))
}

fn damaged(key: &str, reason: &str) -> StoreError {
    StoreError::Corrupt { path: PathBuf::from(key), reason: format!("{reason} (a key of the control plane)") }
}
