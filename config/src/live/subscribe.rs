//! Being told of every change, by whoever makes it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::live::config::Config;
use crate::live::error::AccessError;
use crate::live::state::Running;
use crate::path::ConfigPath;
use crate::service::{ServiceConfig, Typed};

/// What a service sees from now on, and what it saw before. `Debug` shows no values, as some may be secrets.
#[non_exhaustive]
pub struct ConfigChanged<T> {
    /// All values before.
    pub old: Arc<T>,
    /// All values now.
    pub new: Arc<T>,
    /// The newest revision when it took effect. A refresh, and files read again, can bring two changes with one
    /// number.
    pub revision: u64,
    /// The values that differ, in the order of their paths.
    pub paths: Vec<ConfigPath>,
}

/// Why a service sees other values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// Hot values were set, or read again.
    Change,
    /// It was refreshed: cold values too.
    Refresh,
    /// It was refreshed, and is restarted by whoever did so.
    Restart,
}

/// Who is told, by service. Held by the writer: only that one tells them.
#[derive(Default)]
pub(crate) struct Subscribers(BTreeMap<String, Vec<Subscriber>>);

type Subscriber = Box<dyn FnMut(&Update<'_>) + Send>;

/// A change, with types that only the subscriber knows.
pub(crate) struct Update<'a> {
    before: &'a Running,
    now: &'a Running,
    occasion: Occasion,
}

impl Config {
    /// Calls `told` with each change of what a service sees: in the order of revisions, none left out, before the
    /// method that makes the change returns. Lasts as long as the configuration.
    ///
    /// `told` has to be quick, and must not change the configuration itself: that would wait for the change under way,
    /// for ever. Where a task of its own can wait for changes, and the last of many is enough, there is
    /// [`Config::watch`].
    ///
    /// # Errors
    ///
    /// If there is no such service, or `T` is not its config type.
    pub fn subscribe<T: ServiceConfig>(
        &self,
        service: &str,
        mut told: impl FnMut(ConfigChanged<T>, Occasion) + Send + 'static,
    ) -> Result<(), AccessError> {
        self.watcher::<T>(service)?;
        let subscriber: Subscriber = Box::new(move |update| told(ConfigChanged::of(update), update.occasion));
        self.shared.writer.lock().0.entry(service.to_owned()).or_default().push(subscriber);
        Ok(())
    }
}

impl Subscribers {
    pub(crate) fn tell(&mut self, service: &str, before: &Running, now: &Running, occasion: Occasion) {
        for told in self.0.get_mut(service).into_iter().flatten() {
            told(&Update { before, now, occasion });
        }
    }
}

impl<T: ServiceConfig> ConfigChanged<T> {
    fn of(update: &Update<'_>) -> Self {
        let typed = |typed: &Typed| Arc::clone(typed).downcast().expect("the type was compared at the subscription");
        let Update { before, now, .. } = update;
        Self {
            old: typed(&before.typed),
            new: typed(&now.typed),
            revision: now.revision,
            paths: now.differing(&before.leaves),
        }
    }

    /// This change and the next one as one. A value that was changed and changed back is among the paths.
    #[must_use]
    pub fn then(&self, next: &Self) -> Self {
        let mut paths = [&self.paths[..], &next.paths[..]].concat();
        paths.sort_unstable();
        paths.dedup();
        Self { old: Arc::clone(&self.old), new: Arc::clone(&next.new), revision: next.revision, paths }
    }
}

impl<T> fmt::Debug for ConfigChanged<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigChanged").field("revision", &self.revision).field("paths", &self.paths).finish()
    }
}

impl<T> Clone for ConfigChanged<T> {
    fn clone(&self) -> Self {
        let (old, new) = (Arc::clone(&self.old), Arc::clone(&self.new));
        Self { old, new, revision: self.revision, paths: self.paths.clone() }
    }
}
