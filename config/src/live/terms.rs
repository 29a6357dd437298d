//! [`Terms`]: how a configuration begins with what a store has.

use std::num::NonZeroUsize;
use std::time::SystemTime;

use crate::layer::Layer;
use crate::live::config::Config;
use crate::live::error::{BuildError, SetError};
use crate::live::plan::{self, Wish};
use crate::live::state::State;
use crate::mistake::Mistakes;
use crate::service::Catalog;
use crate::source::Source;
use crate::store::{AppendError, Cause, Store, StoreError, Stored};

/// What the builder was told of the store.
pub(crate) struct Terms {
    /// How many revisions are kept.
    pub(crate) keep: NonZeroUsize,
    /// Who takes away what the types do not accept any more, and when.
    pub(crate) clear_stale: Option<(String, SystemTime)>,
    /// Who keeps the defaults, and when.
    pub(crate) keep_defaults: Option<(String, SystemTime)>,
}

/// Revisions kept by default: a year of one change each working day. More allow to roll back further and cost memory,
/// at most 256 KiB each.
const HISTORY: NonZeroUsize = NonZeroUsize::new(256).expect("it is not zero");

impl Default for Terms {
    fn default() -> Self {
        Terms { keep: HISTORY, clear_stale: None, keep_defaults: None }
    }
}

impl Terms {
    /// The first state, with what the store has above the other layers.
    pub(crate) fn open(&self, catalog: &Catalog, base: Layer, store: &dyn Store) -> Result<State, BuildError> {
        let stored = store.load()?;
        match (State::first(catalog, base.clone(), stored.clone()), &self.clear_stale) {
            (Ok(state), _) => Ok(state),
            (Err(mistakes), Some((author, at))) if are_stale(&mistakes) => {
                let wish = Wish { author, at: *at, cause: Cause::Edit };
                let stored = clear(store, stored, &mistakes, &wish, self.keep)?;
                Ok(State::first(catalog, base, stored)?)
            }
            (Err(mistakes), _) => Err(mistakes.into()),
        }
    }

    /// Keeps the defaults of all services, if that was wanted.
    pub(crate) fn keep_defaults(&self, config: &Config) -> Result<(), BuildError> {
        if let Some((author, at)) = &self.keep_defaults {
            for service in config.services() {
                config.keep_defaults(service, author, *at).map_err(|error| not_stored("defaults", "kept", error))?;
            }
        }
        Ok(())
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
    let kept = kept.map(|(path, held)| (path.clone(), held.into())).collect();
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
