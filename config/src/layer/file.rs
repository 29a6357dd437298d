//! Files: TOML with one table per service.

use std::path::Path;

use serde_json::Value;

use crate::layer::Layer;
use crate::layer::text::Document;
use crate::mistake::Problem;
use crate::path::ConfigPath;
use crate::service::Catalog;
use crate::source::Source;

/// Bytes of one file: hand-written configuration is far smaller, and the parser needs a multiple of it in memory.
pub(crate) const FILE_MAX: usize = 1 << 20;

/// Adds what a file says; `bytes` is its content.
pub(crate) fn add(layer: &mut Layer, catalog: &Catalog, path: &Path, bytes: &[u8]) {
    let at = |line| Source::File { path: path.to_owned(), line };
    if bytes.len() > FILE_MAX {
        let reason = format!("it has {} bytes, at most {FILE_MAX} are read", bytes.len());
        return layer.mistake(at(None), ConfigPath::default(), Problem::Unreadable { reason });
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
            let reason = "not UTF-8".to_owned();
            return layer.mistake(at(u32::try_from(line).ok()), ConfigPath::default(), Problem::Syntax { reason });
        }
    };
    match Document::read(text) {
        Ok(document) => tables(layer, catalog, &document, at),
        Err(wrong) => {
            for wrong in wrong {
                let reason = wrong.reason;
                let syntax = wrong.path == ConfigPath::default();
                let problem = if syntax { Problem::Syntax { reason } } else { Problem::Refused { reason } };
                layer.mistake(at(Some(wrong.line)), wrong.path, problem);
            }
        }
    }
}

fn tables(layer: &mut Layer, catalog: &Catalog, document: &Document, at: impl Fn(Option<u32>) -> Source) {
    for (name, table) in &document.entries {
        let path = ConfigPath::of(name);
        match table {
            Value::Object(_) => layer.add(catalog, &path, table, |path| at(document.line(path))),
            other if catalog.get(name).is_some() => {
                let found = crate::schema::words::found(other, false);
                let wanted = "a table".to_owned();
                layer.mistake(at(document.line(&path)), path, Problem::Unfit { wanted, found });
            }
            _ => layer.add(catalog, &path, table, |path| at(document.line(path))),
        }
    }
}
