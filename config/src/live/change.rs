//! How configuration changes: one writer at a time, all or nothing.
//!
//! ```text
//! what is wanted ──► plan::revision ──► State::next ──► Store::append ──► publish
//!                    (schema, limits)   (the types)     (the number)      (watchers, subscribers)
//! ```
//!
//! Whatever refuses does so before anything took effect.

use std::sync::Arc;
use std::time::SystemTime;

use crate::live::config::{Config, Shared};
use crate::live::edit::{Applied, Edit};
use crate::live::error::{AccessError, CatchUpError, RollBackError, SetError};
use crate::live::plan::{self, Values, Wish};
use crate::live::state::State;
use crate::live::subscribe::{Occasion, Subscribers};
use crate::live::terms::Terms;
use crate::live::watch::Published;
use crate::mistake::Mistakes;
use crate::path::ConfigPath;
use crate::store::{AppendError, Cause};

/// Tries of one change, each after catching up with others: they have to be faster every time.
const TRIES: usize = 8;

impl Config {
    /// Sets and clears values at run time, in one revision. Hot values reach their services before this returns, cold
    /// ones with [`Config::refresh`]. If all values are as wanted, there is no new revision.
    ///
    /// # Errors
    ///
    /// All mistakes at once; a revision other than the expected one; a store that fails. Nothing has changed then.
    pub fn set(&self, edit: &Edit) -> Result<Applied, SetError> {
        let wish = Wish { author: &edit.author, at: edit.at, cause: Cause::Edit };
        self.change(edit.expected, &wish, |state| Ok(plan::edited(&self.shared.catalog, &state.stored, edit)?))
    }

    /// Goes back to the values as they were after revision `to` (0: before the first), in a new revision. With
    /// `expected`, only if that is the newest revision. `at` is written into the revision.
    ///
    /// # Errors
    ///
    /// If not all revisions since `to` are kept; and as [`Config::set`]: values of old may not be accepted any more.
    /// Nothing has changed then.
    pub fn roll_back(
        &self,
        to: u64,
        author: &str,
        at: SystemTime,
        expected: Option<u64>,
    ) -> Result<Applied, RollBackError> {
        let at = at.max(SystemTime::UNIX_EPOCH);
        let wish = Wish { author, at, cause: Cause::RollBack { to } };
        self.change(expected, &wish, |state| {
            state.stored.values_at(to).ok_or_else(|| RollBackError::Unknown {
                to,
                oldest: state.stored.oldest(),
                newest: state.stored.newest,
            })
        })
    }

    /// Lets a service see its cold values as they are now. Returns those that it did not see before.
    ///
    /// # Errors
    ///
    /// If there is no such service.
    pub fn refresh(&self, name: &str) -> Result<Vec<ConfigPath>, AccessError> {
        self.refresh_as(name, Occasion::Refresh)
    }

    /// As [`Config::refresh`], for whoever restarts the service then: those subscribed are told that.
    ///
    /// # Errors
    ///
    /// If there is no such service.
    pub fn refresh_to_restart(&self, name: &str) -> Result<Vec<ConfigPath>, AccessError> {
        self.refresh_as(name, Occasion::Restart)
    }

    fn refresh_as(&self, name: &str, occasion: Occasion) -> Result<Vec<ConfigPath>, AccessError> {
        let service = self.service(name)?;
        let mut writer = self.shared.writer.lock();
        let state = self.state();
        let waiting = state.waiting(name);
        self.publish(state.refreshed(name, service), &mut writer, occasion);
        Ok(waiting)
    }

    /// Reads the files again; the variables are those the configuration was built with. Hot values reach their
    /// services, cold ones wait. It makes no revision: those are of the run-time layer, which stays above the files.
    ///
    /// # Errors
    ///
    /// All mistakes at once. Nothing has changed then.
    pub fn reload(&self) -> Result<(), Mistakes> {
        let mut writer = self.shared.writer.lock();
        let state = self.state();
        let base = self.shared.inputs.read(&self.shared.catalog);
        let next = state.next(&self.shared.catalog, base, state.stored.clone())?;
        self.publish(next, &mut writer, Occasion::Change);
        Ok(())
    }

    /// Takes over what others wrote into a shared store. Returns the newest revision.
    ///
    /// # Errors
    ///
    /// If the store cannot be read, or a value in it is not accepted here. Nothing has changed then: no part of it
    /// takes effect.
    pub fn catch_up(&self) -> Result<u64, CatchUpError> {
        self.catch_up_locked(&mut self.shared.writer.lock())
    }

    fn catch_up_locked(&self, writer: &mut Subscribers) -> Result<u64, CatchUpError> {
        let (state, stored) = (self.state(), self.store().load()?);
        let newest = stored.newest;
        if stored != state.stored {
            let next = state.next(&self.shared.catalog, state.base.clone(), stored).map_err(CatchUpError::Mistakes)?;
            self.publish(next, writer, Occasion::Change);
        }
        Ok(newest)
    }

    /// Makes a revision that leads to the values `wanted` says, given what is in force.
    pub(super) fn change<E: From<SetError>>(
        &self,
        expected: Option<u64>,
        wish: &Wish<'_>,
        wanted: impl Fn(&State) -> Result<Values, E>,
    ) -> Result<Applied, E> {
        let mut writer = self.shared.writer.lock();
        if expected.is_some_and(|expected| expected != self.revision()) {
            self.catch_up_locked(&mut writer).map_err(SetError::from)?;
        }
        for _ in 0..TRIES {
            let state = self.state();
            let newest = state.stored.newest;
            if let Some(expected) = expected.filter(|expected| *expected != newest) {
                return Err(SetError::Conflict { expected, newest }.into());
            }
            match self.attempt(&mut writer, &state, wish, wanted(&state)?)? {
                Some(applied) => return Ok(applied),
                None => drop(self.catch_up_locked(&mut writer).map_err(SetError::from)?),
            }
        }
        Err(SetError::Contended { newest: self.revision() }.into())
    }

    /// One try; `None` if others were faster.
    fn attempt(
        &self,
        writer: &mut Subscribers,
        state: &State,
        wish: &Wish<'_>,
        values: Values,
    ) -> Result<Option<Applied>, SetError> {
        let Shared { catalog, terms: Terms { keep, .. }, .. } = &*self.shared;
        let Some((revision, stored)) = plan::revision(&state.stored, values, wish, *keep)? else {
            return Ok(Some(self.applied(state.stored.newest, Vec::new())));
        };
        let next = state.next(catalog, state.base.clone(), stored);
        let next = next.map_err(|mistakes| mistakes.before_revision(revision.number, wish.author))?;
        match self.store().append(&revision, *keep) {
            Ok(()) => self.publish(next, writer, Occasion::Change),
            Err(AppendError::NotNext { .. }) => return Ok(None),
            Err(AppendError::Store(error)) => return Err(SetError::Store(error)),
        }
        Ok(Some(self.applied(revision.number, revision.changes.into_iter().map(|change| change.path).collect())))
    }

    fn applied(&self, revision: u64, changed: Vec<ConfigPath>) -> Applied {
        let state = self.state();
        let waiting = self.services().flat_map(|name| state.waiting(name)).collect();
        Applied { revision, changed, waiting }
    }

    /// Makes a state the one in force, and tells those whose service sees something else now. The caller is the
    /// writer.
    pub(super) fn publish(&self, next: State, writer: &mut Subscribers, occasion: Occasion) {
        let next = Arc::new(next);
        let last = std::mem::replace(&mut *self.shared.state.lock(), Arc::clone(&next));
        for (name, watcher) in &self.shared.watchers {
            let (Some(now), Some(before)) = (next.running.get(name), last.running.get(name)) else { continue };
            if !now.is(before) {
                watcher.send_replace(Published { revision: now.revision, typed: Arc::clone(&now.typed) });
                writer.tell(name, before, now, occasion);
            }
        }
    }
}
