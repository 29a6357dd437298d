//! What is read before the run-time layer: files and variables.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use crate::layer::file::FILE_MAX;
use crate::layer::{Layer, environment, file};
use crate::mistake::Problem;
use crate::path::ConfigPath;
use crate::service::Catalog;
use crate::source::Source;

/// One TOML document.
pub(crate) enum Input {
    /// On disk, read anew each time; `required`: it is a mistake that it does not exist.
    File { path: PathBuf, required: bool },
    /// Given as text; `name` stands for the path.
    Text { name: PathBuf, text: String },
}

/// All that is read, in the order of the layers.
#[derive(Default)]
pub(crate) struct Inputs {
    pub(crate) documents: Vec<Input>,
    pub(crate) prefix: String,
    pub(crate) variables: BTreeMap<OsString, OsString>,
}

impl Inputs {
    /// Defaults, files and variables, as they are now.
    pub(crate) fn read(&self, catalog: &Catalog) -> Layer {
        let mut layer = Layer::defaults(catalog);
        for document in &self.documents {
            match document {
                Input::Text { name, text } => file::add(&mut layer, catalog, name, text.as_bytes()),
                Input::File { path, required } => match content(path) {
                    Ok(bytes) => file::add(&mut layer, catalog, path, &bytes),
                    Err(error) if error.kind() == ErrorKind::NotFound && !required => {}
                    Err(error) => {
                        let source = Source::File { path: path.clone(), line: None };
                        layer.mistake(source, ConfigPath::default(), Problem::Unreadable { reason: error.to_string() });
                    }
                },
            }
        }
        environment::add(&mut layer, catalog, &self.prefix, &self.variables);
        layer
    }
}

/// A file's bytes, but no more than one above the limit: it may be a device that does not end.
fn content(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(FILE_MAX as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
