//! The configuration of a program.

use std::any::{TypeId, type_name};
use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::watch::Sender;

use crate::layer::Inputs;
use crate::live::builder::Builder;
use crate::live::error::AccessError;
use crate::live::explain::{self, Explained};
use crate::live::state::{Running, State, is_of_others};
use crate::live::subscribe::Subscribers;
use crate::live::terms::Terms;
use crate::live::watch::{Changed, Published, Watch};
use crate::nearest::nearest;
use crate::path::ConfigPath;
use crate::service::{Catalog, Service, ServiceConfig};
use crate::store::{MemoryStore, Revision, Store};

/// The configuration of a program: typed values for its services, the source of each, and changes at run time.
///
/// Cheap to clone; clones are one configuration. Methods that write may block on the store: from async code call them
/// on a thread made for that (`spawn_blocking`). Reading never waits for a write.
#[derive(Clone)]
pub struct Config {
    pub(crate) shared: Arc<Shared>,
}

/// What all clones share.
pub(crate) struct Shared {
    pub(crate) catalog: Catalog,
    pub(crate) inputs: Inputs,
    /// Used and replaced by the writer only.
    pub(crate) kept: Mutex<Kept>,
    pub(crate) terms: Terms,
    /// Held by whoever makes the next state, also while the store writes, and while those subscribed are told.
    pub(crate) writer: Mutex<Subscribers>,
    /// Held only to take or put the `Arc`.
    pub(crate) state: Mutex<Arc<State>>,
    pub(crate) watchers: BTreeMap<String, Sender<Published>>,
}

/// Where what is set at run time is kept.
pub(crate) struct Kept {
    pub(crate) store: Arc<dyn Store>,
    /// Somebody chose it.
    pub(crate) is_given: bool,
}

impl Config {
    /// Says which services there are and where values come from.
    pub fn builder() -> Builder {
        Builder::new()
    }

    pub(crate) fn new(catalog: Catalog, inputs: Inputs, kept: Kept, terms: Terms, state: State) -> Self {
        let published = |running: &Running| Published { revision: running.revision, typed: Arc::clone(&running.typed) };
        let watchers =
            state.running.iter().map(|(name, running)| (name.clone(), Sender::new(published(running)))).collect();
        let (kept, writer, state) = (Mutex::new(kept), Mutex::default(), Mutex::new(Arc::new(state)));
        Self { shared: Arc::new(Shared { catalog, inputs, kept, terms, writer, state, watchers }) }
    }

    /// What a service sees now.
    ///
    /// # Errors
    ///
    /// If there is no such service, or `T` is not its config type.
    pub fn get<T: ServiceConfig>(&self, service: &str) -> Result<Arc<T>, AccessError> {
        Ok(Changed::of(self.watcher::<T>(service)?.borrow().clone()).config)
    }

    /// What a service sees, as it changes; the current values first.
    ///
    /// # Errors
    ///
    /// If there is no such service, or `T` is not its config type.
    pub fn watch<T: ServiceConfig>(&self, service: &str) -> Result<Watch<T>, AccessError> {
        Ok(Watch::new(self.watcher::<T>(service)?.subscribe()))
    }

    pub(crate) fn watcher<T: ServiceConfig>(&self, name: &str) -> Result<&Sender<Published>, AccessError> {
        let service = self.service(name)?;
        match self.shared.watchers.get(name) {
            Some(watcher) if service.type_id == TypeId::of::<T>() => Ok(watcher),
            _ => Err(AccessError::OtherType {
                service: name.to_owned(),
                registered: service.type_name,
                asked: type_name::<T>(),
            }),
        }
    }

    pub(crate) fn service(&self, name: &str) -> Result<&Service, AccessError> {
        let catalog = &self.shared.catalog;
        catalog.get(name).ok_or_else(|| AccessError::UnknownService {
            name: name.to_owned(),
            nearest: nearest(name, catalog.names()),
        })
    }

    /// The value at a path, where it comes from, and what it overrode.
    ///
    /// # Errors
    ///
    /// If there is no such value. [`AccessError::Table`] has the keys of a table.
    pub fn explain(&self, path: &str) -> Result<Explained, AccessError> {
        explain::explain(&self.shared.catalog, &self.state(), &path.parse()?)
    }

    /// Every value of a service, in the order of their paths, the defaults too.
    ///
    /// # Errors
    ///
    /// If there is no such service.
    pub fn list(&self, service: &str) -> Result<Vec<Explained>, AccessError> {
        self.service(service)?;
        Ok(explain::list(&self.shared.catalog, &self.state(), service))
    }

    /// The paths of what is set at run time and read by nobody here, in their order: for services of other programs, or for
    /// another version of this one ([`Edit::forced`](crate::Edit::forced)).
    pub fn unread(&self) -> Vec<ConfigPath> {
        let state = self.state();
        let unread = state.stored.values.iter().filter(|(path, held)| is_of_others(&self.shared.catalog, path, held));
        unread.map(|(path, _)| path.clone()).collect()
    }

    /// The names of the services, in the order of the alphabet.
    pub fn services(&self) -> impl Iterator<Item = &str> {
        self.shared.catalog.names()
    }

    /// The number of the newest revision that took effect here; 0 if nothing was ever set at run time, nor a default
    /// kept.
    pub fn revision(&self) -> u64 {
        self.state().stored.newest
    }

    /// The revisions that are kept, oldest first. Secrets are `***`.
    pub fn history(&self) -> Vec<Revision> {
        let mut revisions = self.state().stored.revisions.clone();
        for change in revisions.iter_mut().flat_map(|revision| &mut revision.changes) {
            // A field may have become a secret since.
            change.mask(self.shared.catalog.node(&change.path).is_some_and(|node| node.is_secret()));
        }
        revisions
    }

    /// Where what is set at run time is kept now.
    pub(crate) fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.shared.kept.lock().store)
    }

    pub(crate) fn state(&self) -> Arc<State> {
        Arc::clone(&self.shared.state.lock())
    }
}

/// The configuration of a program whose services have none.
impl Default for Config {
    fn default() -> Self {
        let kept = Kept { store: Arc::new(MemoryStore::new()), is_given: false };
        Self::new(Catalog::default(), Inputs::default(), kept, Terms::default(), State::default())
    }
}
