//! Which services there are, and where their values come from.

use std::any::type_name;
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::SystemTime;

use crate::layer::Inputs;
use crate::layer::inputs::Input;
use crate::live::config::Config;
use crate::live::error::{BuildError, SetError};
use crate::live::plan::{self, Wish};
use crate::live::state::State;
use crate::mistake::Mistakes;
use crate::service::{Catalog, Service, ServiceConfig};
use crate::source::Source;
use crate::store::{AppendError, Cause, MemoryStore, Store, StoreError, Stored};

/// Revisions kept by default: a year of one change each working day. More allow to roll back further and cost memory,
/// at most 256 KiB each.
pub(crate) const HISTORY: NonZeroUsize = NonZeroUsize::new(256).expect("it is not zero");

/// Which services have configuration, and where it comes from. Nothing is read before [`Builder::build`].
pub struct Builder {
    catalog: Catalog,
    wrong: Option<BuildError>,
    inputs: Inputs,
    store: Box<dyn Store>,
    keep: NonZeroUsize,
    clear_stale: Option<(String, SystemTime)>,
    keep_defaults: Option<(String, SystemTime)>,
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            catalog: Catalog::default(),
            wrong: None,
            inputs: Inputs { prefix: "CONSORT_".to_owned(), ..Inputs::default() },
            store: Box::new(MemoryStore::new()),
            keep: HISTORY,
            clear_stale: None,
            keep_defaults: None,
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

    /// Where changes at run time are kept. Default: in memory.
    #[must_use]
    pub fn store(mut self, store: impl Store) -> Self {
        self.store = Box::new(store);
        self
    }

    /// How many revisions are kept. Default: 256. More allow to roll back further and cost memory, and space in the
    /// store.
    #[must_use]
    pub fn history(mut self, revisions: NonZeroUsize) -> Self {
        self.keep = revisions;
        self
    }

    /// Takes away values set at run time that the types do not accept any more, instead of refusing to build. It makes
    /// one revision, whose author is this one, so the history tells what was taken away.
    ///
    /// Off by default: in a cluster with two versions of a program, the older one would clear what the newer one set.
    #[must_use]
    pub fn clear_stale(mut self, author: impl Into<String>, at: SystemTime) -> Self {
        self.clear_stale = Some((author.into(), at.max(SystemTime::UNIX_EPOCH)));
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
        self.keep_defaults = Some((author.into(), at));
        self
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
        let mut stored = self.store.load()?;
        let first = State::first(&self.catalog, self.inputs.read(&self.catalog), stored.clone());
        let state = match (first, &self.clear_stale) {
            (Ok(state), _) => state,
            (Err(mistakes), Some((author, at))) if are_stale(&mistakes) => {
                let wish = Wish { author, at: *at, cause: Cause::Edit };
                stored = clear(&*self.store, stored, &mistakes, &wish, self.keep)?;
                State::first(&self.catalog, self.inputs.read(&self.catalog), stored)?
            }
            (Err(mistakes), _) => return Err(mistakes.into()),
        };
        let config = Config::new(self.catalog, self.inputs, self.store, self.keep, state);
        if let Some((author, at)) = &self.keep_defaults {
            for service in config.services() {
                config.keep_defaults(service, author, *at).map_err(|error| not_stored("defaults", "kept", error))?;
            }
        }
        Ok(config)
    }
}

/// What the store refused while the configuration was built.
fn not_stored(what: &str, done: &str, error: SetError) -> BuildError {
    match error {
        SetError::Store(error) => error.into(),
        SetError::Mistakes(mistakes) => mistakes.into(),
        error => {
            let reason = format!("{what} could not be {done}: {error}");
            StoreError::Failed { reason, source: Some(error.into()) }.into()
        }
    }
}

/// Whether only values set at run time are wrong.
fn are_stale(mistakes: &Mistakes) -> bool {
    mistakes.all().iter().all(|mistake| matches!(mistake.source, Source::Revision { .. }))
}

/// Takes away what is wrong, in a revision.
fn clear(
    store: &dyn Store,
    stored: Stored,
    mistakes: &Mistakes,
    wish: &Wish<'_>,
    keep: NonZeroUsize,
) -> Result<Stored, BuildError> {
    let is_wrong = |path: &crate::ConfigPath| {
        mistakes.all().iter().any(|mistake| path.is_within(&mistake.path) || mistake.path.is_within(path))
    };
    let kept = stored.values.iter().filter(|(path, _)| !is_wrong(path));
    let kept = kept.map(|(path, held)| (path.clone(), (held.value.clone(), held.secret))).collect();
    match plan::revision(&stored, kept, wish, keep) {
        Ok(None) => Ok(stored),
        Ok(Some((revision, after))) => match store.append(&revision, keep) {
            Ok(()) => Ok(after),
            Err(AppendError::Store(error)) => Err(error.into()),
            Err(AppendError::NotNext { newest }) => {
                Err(not_stored("stale values", "cleared", SetError::Contended { newest }))
            }
        },
        Err(error) => Err(not_stored("stale values", "cleared", error)),
    }
}
