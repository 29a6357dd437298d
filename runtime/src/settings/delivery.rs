//! How a change reaches the actors of a service.
//!
//! `consort-config` tells every change, in order, before the method that makes it returns. One pass over the actors
//! hands it to those that are live, and only if their service has a hook: the others read the new values when they ask
//! for them. What an actor was not told yet is one change, whose values are the newest: nothing piles up behind an
//! actor that is busy.

use std::any::Any;
use std::sync::Arc;

use consort_config::{ConfigChanged, Occasion};
use tracing::Level;

use crate::engine::Cx;
use crate::error::HookError;
use crate::events::Happened;
use crate::node::Kind;
use crate::settings::Configured;

/// A `ConfigChanged<T>` whose type only its service knows.
pub(crate) type AnyChange = Arc<dyn Any + Send + Sync>;

/// From now on, changes are delivered to the actors of `kind`.
pub(super) fn connect<S: Configured>(kind: &Arc<Kind<S>>) {
    let actors = Arc::downgrade(kind);
    let deliver = move |change, occasion| {
        if let Some(kind) = actors.upgrade() {
            deliver(&kind, change, occasion);
        }
    };
    let subscribed = kind.common.config().subscribe::<S::Config>(S::INFO.name, deliver);
    debug_assert!(subscribed.is_ok(), "the node registered the type");
}

fn deliver<S: Configured>(kind: &Kind<S>, change: ConfigChanged<S::Config>, occasion: Occasion) {
    let revision = change.revision;
    kind.say(Level::INFO, || {
        tracing::info!(service = S::INFO.name, revision, changed = ?change.paths, "the configuration has changed");
    });
    kind.tell(None, || Happened::Config { revision });
    if S::config().is_none_or(|entry| entry.hook.is_none()) {
        return;
    }
    let change: AnyChange = Arc::new(change);
    for cell in kind.cells() {
        // who is restarted starts with the new values; one that was spawned cannot be
        if occasion != Occasion::Restart || cell.is_single() {
            cell.configure(&change, joined::<S>);
        }
    }
}

/// Two changes, of which the actor was told neither, as one.
fn joined<S: Configured>(first: &AnyChange, then: &AnyChange) -> AnyChange {
    match (change_of::<S>(first), change_of::<S>(then)) {
        (Some(first), Some(then)) => Arc::new(first.then(then)),
        _ => then.clone(),
    }
}

/// Runs the hook.
pub(super) async fn told<S: Configured>(instance: &mut S, cx: &Cx, change: &AnyChange) -> Result<(), HookError> {
    match change_of::<S>(change) {
        Some(change) => instance.configured(cx, change).await,
        None => Ok(()),
    }
}

fn change_of<S: Configured>(change: &AnyChange) -> Option<&ConfigChanged<S::Config>> {
    change.downcast_ref()
}
