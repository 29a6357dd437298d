//! Which services there are, and where their values come from.

use std::any::type_name;
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use crate::layer::Inputs;
use crate::layer::inputs::Input;
use crate::live::config::{Config, Kept};
use crate::live::error::BuildError;
use crate::live::terms::Terms;
use crate::service::{Catalog, Service, ServiceConfig};
use crate::store::{MemoryStore, Store};

/// Which services have configuration, and where it comes from. Nothing is read before [`Builder::build`].
pub struct Builder {
    catalog: Catalog,
    wrong: Option<BuildError>,
    inputs: Inputs,
    store: Option<Arc<dyn Store>>,
    terms: Terms,
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            catalog: Catalog::default(),
            wrong: None,
            inputs: Inputs { prefix: "CONSORT_".to_owned(), ..Inputs::default() },
            store: None,
            terms: Terms::default(),
        }
    }

    /// A service and its config type. The name is the first key of its paths.
    #[must_use]
    pub fn service<T: ServiceConfig>(mut self, name: &str) -> Self {
        let wrong = match Service::of::<T>() {
            Ok(service) => {
                let added = self.catalog.add(name, service);
                (!added).then(|| BuildError::Twice { service: name.to_owned() })
            }
            Err(reason) => Some(BuildError::Type { service: name.to_owned(), type_name: type_name::<T>(), reason }),
        };
        self.wrong = self.wrong.or(wrong);
        self
    }

    /// A TOML file that has to exist, with one table per service. Of several the one named later wins. It is read
    /// when the configuration is built and at [`Config::reload`]; at most 1 MiB.
    #[must_use]
    pub fn file(self, path: impl Into<PathBuf>) -> Self {
        self.document(Input::File { path: path.into(), required: true })
    }

    /// A TOML file that need not exist.
    #[must_use]
    pub fn file_if_present(self, path: impl Into<PathBuf>) -> Self {
        self.document(Input::File { path: path.into(), required: false })
    }

    /// TOML that is no file; `name` stands in for the path wherever a source is told.
    #[must_use]
    pub fn toml(self, name: impl Into<PathBuf>, text: impl Into<String>) -> Self {
        self.document(Input::Text { name: name.into(), text: text.into() })
    }

    fn document(mut self, input: Input) -> Self {
        self.inputs.documents.push(input);
        self
    }

    /// The variables that may hold values: usually [`std::env::vars_os`]. They win over files. Those whose name does
    /// not begin with the prefix, or has no `__`, are passed over.
    #[must_use]
    pub fn environment<N, V>(mut self, variables: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: Into<OsString>,
        V: Into<OsString>,
    {
        self.inputs.variables.extend(variables.into_iter().map(|(name, value)| (name.into(), value.into())));
        self
    }

    /// How the names of variables begin. Default: `CONSORT_`.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.inputs.prefix = prefix.into();
        self
    }

    /// Where changes at run time are kept. Default: in memory, until [`Config::share`] says otherwise.
    #[must_use]
    pub fn store(mut self, store: impl Store) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// How many revisions are kept. Default: 256. More allow to roll back further and cost memory, and space in the
    /// store.
    #[must_use]
    pub fn history(mut self, revisions: NonZeroUsize) -> Self {
        self.terms.keep = revisions;
        self
    }

    /// Takes away values set at run time that the types do not accept any more, instead of refusing to build. It makes
    /// one revision, whose author is this one, so the history tells what was taken away.
    ///
    /// Off by default: in a cluster with two versions of a program, the older one would clear what the newer one set.
    #[must_use]
    pub fn clear_stale(mut self, author: impl Into<String>, at: SystemTime) -> Self {
        self.terms.clear_stale = Some((author.into(), at.max(SystemTime::UNIX_EPOCH)));
        self
    }

    /// Keeps in the store each default that it has not seen before, in a revision for each service that has some. What
    /// is kept stays in force when a later program has other defaults, until
    /// [`renew_defaults`](Config::renew_defaults); files, variables and values set at run time win over it. Whoever
    /// reads the store sees every value that a service ran with.
    ///
    /// Off by default: then a program's defaults are its own, and two versions of it side by side may differ in them.
    #[must_use]
    pub fn keep_defaults(mut self, author: impl Into<String>, at: SystemTime) -> Self {
        self.terms.keep_defaults = Some((author.into(), at));
        self
    }

    /// Whether [`build`](Self::build) blocks: on a file, or on a store that was named. Without them it only computes.
    pub fn blocks(&self) -> bool {
        let is_file = |input: &Input| matches!(input, Input::File { .. });
        self.store.is_some() || self.inputs.documents.iter().any(is_file)
    }

    /// Reads and merges all layers. Blocks on files and on the store.
    ///
    /// # Errors
    ///
    /// All mistakes of all layers at once; a type that cannot be a config type; a store that cannot be read.
    pub fn build(self) -> Result<Config, BuildError> {
        if let Some(wrong) = self.wrong {
            return Err(wrong);
        }
        let Builder { catalog, inputs, store, terms, .. } = self;
        let is_given = store.is_some();
        let store = store.unwrap_or_else(|| Arc::new(MemoryStore::new()));
        let state = terms.open(&catalog, inputs.read(&catalog), &*store)?;
        let config = Config::new(catalog, inputs, Kept { store, is_given }, terms, state);
        config.shared.terms.keep_defaults(&config)?;
        Ok(config)
    }
}
