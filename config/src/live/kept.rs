//! Defaults that are kept: what a service ran with stays, when a later program has other defaults.
//!
//! A store that is asked to keep them takes each default that it sees for the first time, and gives it back from then
//! on, below files, variables and what was set at run time. So two versions of a program that run side by side see the
//! same values, and an upgrade changes none that nobody looked at.

use std::time::SystemTime;

use serde_json::Value;

use crate::layer::{Layer, Layered};
use crate::live::config::Config;
use crate::live::edit::Applied;
use crate::live::error::SetError;
use crate::live::plan::{Values, Wish};
use crate::live::state::State;
use crate::nearest::nearest;
use crate::path::ConfigPath;
use crate::service::Catalog;
use crate::source::Source;
use crate::store::{Cause, Given, Held, Stored};

impl Config {
    /// Keeps the defaults of a service's type as they are now, instead of those that were kept before: in a revision,
    /// if they differ. What was set at run time stays above them.
    ///
    /// # Errors
    ///
    /// If there is no such service; a store that fails. Nothing has changed then.
    pub fn renew_defaults(&self, service: &str, author: &str, at: SystemTime) -> Result<Applied, SetError> {
        if self.shared.catalog.get(service).is_none() {
            let nearest = nearest(service, self.shared.catalog.names());
            return Err(SetError::UnknownService { name: service.to_owned(), nearest });
        }
        self.keep(service, author, at, |_, _| false)
    }

    /// Keeps each default of a service that was not kept before, and no longer those that its type does not accept.
    pub(crate) fn keep_defaults(&self, service: &str, author: &str, at: SystemTime) -> Result<Applied, SetError> {
        self.keep(service, author, at, |path, held| is_accepted(&self.shared.catalog, path, &held.value))
    }

    fn keep(
        &self,
        service: &str,
        author: &str,
        at: SystemTime,
        stays: impl Fn(&ConfigPath, &Held) -> bool,
    ) -> Result<Applied, SetError> {
        let wish = Wish { author, at: at.max(SystemTime::UNIX_EPOCH), cause: Cause::Defaults };
        self.change(None, &wish, |state| Ok(kept(&self.shared.catalog, state, service, &stays)))
    }
}

/// The kept defaults as they shall be: those of the service that stay, and its type's wherever there is none of them. One
/// that is a mistake says that the value has to be set, and is no value to keep.
fn kept(catalog: &Catalog, state: &State, service: &str, stays: &impl Fn(&ConfigPath, &Held) -> bool) -> Values {
    let of_service = |path: &ConfigPath| path.service() == Some(service);
    let stay = state.stored.defaults.iter().filter(|(path, held)| !of_service(path) || stays(path, held));
    let mut values: Values = stay.map(|(path, held)| (path.clone(), held.into())).collect();
    for leaf in state.base.leaves.iter().filter(|leaf| leaf.source == Source::Default && of_service(&leaf.path)) {
        let is_new = !values.keys().any(|path| path.is_within(&leaf.path) || leaf.path.is_within(path));
        if is_new && is_accepted(catalog, &leaf.path, &leaf.value) {
            let default = Given { value: leaf.value.clone(), secret: leaf.secret, forced: false };
            values.insert(leaf.path.clone(), default);
        }
    }
    values
}

/// The kept defaults that differ from those of the types. What a type does not accept any more is passed over: nobody
/// set it.
pub(super) fn above(catalog: &Catalog, defaults: &Layer, stored: &Stored) -> Vec<Layered> {
    let same = |path: &ConfigPath, held: &Held| {
        defaults.leaves.iter().any(|leaf| leaf.path == *path && leaf.value == held.value)
    };
    let kept = stored.defaults.iter().filter(|(path, held)| !same(path, held));
    let accepted = kept.filter(|(path, held)| is_accepted(catalog, path, &held.value));
    let leaf = |(path, held): (&ConfigPath, &Held)| Layered {
        path: path.clone(),
        value: held.value.clone(),
        source: Source::Kept { number: held.revision },
        secret: held.secret,
    };
    accepted.map(leaf).collect()
}

/// Whether a value may stand at a path, as the schema says.
fn is_accepted(catalog: &Catalog, path: &ConfigPath, value: &Value) -> bool {
    let mut layer = Layer::default();
    layer.add(catalog, path, value, |_| Source::Default);
    layer.mistakes.is_empty()
}
