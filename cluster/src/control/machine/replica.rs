//! One state, shared in a process: [`Replica`].

use std::sync::{Arc, Weak};

use parking_lot::{Mutex, MutexGuard};
use tokio::sync::watch;

use super::{Command, History, Outcome, State};
use crate::control::store::{Pending, Revision, Source, Told, WatchError};

/// A state, what it changed lately, and who waits for changes.
pub(crate) struct Replica {
    held: Mutex<Held>,
    newest: watch::Sender<Revision>,
}

struct Held {
    state: State,
    history: History,
}

impl Replica {
    pub(crate) fn new(state: State) -> Self {
        let newest = watch::Sender::new(state.revision());
        let history = History::from(state.revision());
        Self { held: Mutex::new(Held { state, history }), newest }
    }

    /// Carries out a command.
    pub(crate) fn apply(&self, command: Command) -> Outcome {
        let mut held = self.held.lock();
        let (outcome, changes) = held.state.apply(command);
        if let Some(changes) = changes {
            let newest = changes.revision;
            held.history.push(changes);
            drop(held);
            self.newest.send_replace(newest);
        }
        outcome
    }

    /// Takes over the state of another node. Watches that were behind it are told that they missed something.
    pub(crate) fn restore(&self, state: State) {
        let newest = state.revision();
        let mut held = self.held.lock();
        // Where nothing was missed, watches need not notice.
        if newest != held.state.revision() {
            held.history = History::from(newest);
        }
        held.state = state;
        drop(held);
        self.newest.send_replace(newest);
    }

    /// Looks at the state. The lock is held for as long as what is returned.
    pub(crate) fn state(&self) -> impl std::ops::Deref<Target = State> {
        MutexGuard::map(self.held.lock(), |held| &mut held.state)
    }

    /// What a watch is to be told next.
    pub(crate) fn after(&self, from: Revision, prefix: &str) -> Result<Told, WatchError> {
        let held = self.held.lock();
        held.history.after(from, prefix).ok_or_else(|| WatchError::Compacted { now: held.state.revision() })
    }

    /// Waits until there is something after the revision that a watch is to be told. Cancel safe. `None` once nobody
    /// but watches holds the replica.
    pub(crate) async fn wait(replica: &Weak<Self>, from: Revision, prefix: &str) -> Option<Result<Told, WatchError>> {
        let mut from = from;
        let mut newest = replica.upgrade()?.newest.subscribe();
        loop {
            newest.borrow_and_update();
            match replica.upgrade()?.after(from, prefix) {
                Ok(told) if told.changes.is_empty() => from = told.upto,
                other => return Some(other),
            }
            newest.changed().await.ok()?;
        }
    }

    /// A watch's source, which does not keep the replica alive.
    pub(crate) fn source(self: &Arc<Self>, prefix: &str) -> Box<dyn Source> {
        Box::new(Local { replica: Arc::downgrade(self), prefix: prefix.into() })
    }
}

/// What this process knows.
struct Local {
    replica: Weak<Replica>,
    prefix: Box<str>,
}

impl Source for Local {
    fn after(&mut self, from: Revision) -> Pending<'_, Result<Told, WatchError>> {
        Box::pin(async move {
            let told = Replica::wait(&self.replica, from, &self.prefix).await;
            told.unwrap_or_else(|| Err(WatchError::Stopped { reason: "it was closed".to_owned() }))
        })
    }
}
